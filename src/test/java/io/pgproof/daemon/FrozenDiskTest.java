package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.FrozenDisk;
import io.pgproof.control.Reply;
import io.pgproof.proof.Report;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * The disk of the runs does not answer, so that the kernel holds whoever writes to it: nobody else
 * is held, and a try more ends it.
 */
@Tag("container")
class FrozenDiskTest extends DaemonFixture {
  /** Sorts more than fits in memory, for longer than it is let. */
  private static final String WRITES =
      "select count(*) > 0 from (select g from generate_series(1, 100000000) g order by md5(g::text)) sorted";

  private static final Pattern PROCESSES = Pattern.compile("processes \\[([0-9, ]+)\\] of ");

  private static FrozenDisk disk;

  @BeforeAll
  static void theRunsHaveADiskOfTheirOwn() throws IOException {
    Path runs =
        Files.createDirectory(
            state.runs(),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    disk = FrozenDisk.mount(state.path().resolve("disk"), runs, 8L << 30);
    Files.delete(runs.resolve("lost+found"));
  }

  @AfterAll
  static void takeItAway() throws IOException {
    close();
    if (disk != null) {
      disk.close();
    }
  }

  @BeforeEach
  @Override
  void aDaemonRuns() {
    if (daemon == null) {
      startDaemon(Map.of("pgproof.retry-cycle", "PT1S", "pgproof.removal-timeout", "1s"));
    }
  }

  @AfterEach
  void itAnswersAgain() throws IOException {
    disk.thaw();
  }

  @Test
  void aContainerOnAFrozenDiskIsAnIncidentAndARetryTearsItDown() throws Exception {
    Begun begun = begin(within(new Timeouts(LONG, LONG, Duration.ofSeconds(8), LONG), WRITES));
    awaitChecks(begun);
    disk.freeze();

    // After a finding or after the checks' own limit, whichever comes first.
    String told = awaitStopped(begun, "'tearDown");

    Matcher named = PROCESSES.matcher(told);
    assertThat(named.find()).as(told).isTrue();
    assertThat(Arrays.stream(named.group(1).split(", ")).map(FrozenDiskTest::state))
        .as(told)
        .contains("D");
    assertNobodyElseIsHeld();
    disk.thaw();
    assertATryMoreEnds(begun, "check-timeout");
  }

  @Test
  void aRestoreOnAFrozenDiskIsAnIncidentAndARetryRemovesItsFiles() throws Exception {
    Begun begun =
        begin(within(new Timeouts(LONG, Duration.ofSeconds(5), LONG, LONG), "select true"));
    disk.freezeOnce(directory(begun).data().resolve("base"));

    assertThat(awaitStopped(begun, "'tearDownAfterFinding'"))
        .contains("could not be removed", "a disk does not respond");

    assertNobodyElseIsHeld();
    // Neither the end of an owner nor the start of the next.
    close();
    aDaemonRuns();
    disk.thaw();
    assertATryMoreEnds(begun, "restore-timeout");
  }

  @Test
  void aRunThatStartsOnAFrozenDiskEndsAtItsLimit() throws Exception {
    disk.freeze();

    Begun begun = begin(within(new Timeouts(LONG, SHORT, LONG, LONG), "select true"));
    Report report = begun.verdict();

    assertInconclusive(report, "restore-timeout");
    assertNobodyElseIsHeld();
    disk.thaw();
    await("what the worker makes in the end")
        .untilAsserted(
            () -> {
              daemon.application().getBean(OrphanReaper.class).remove();
              assertThat(state.runs()).isEmptyDirectory();
            });
  }

  private String awaitStopped(Begun begun, String where) throws Exception {
    Reply reply = begun.reply().get(5, TimeUnit.MINUTES);
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed ->
                assertThat(failed.finding().message())
                    .contains("run " + begun.run() + " is stopped at " + where));
    return ((Reply.Failed) reply).finding().message();
  }

  private void assertNobodyElseIsHeld() {
    ThreadPoolTaskExecutor steps =
        daemon.application().getBean("camundaTaskExecutor", ThreadPoolTaskExecutor.class);
    await("the engine's threads are free")
        .untilAsserted(() -> assertThat(steps.getActiveCount()).isZero());
    assertThat(daemon.isIdle()).isTrue();
  }

  /** As Cockpit does it. */
  private void assertATryMoreEnds(Begun begun, String reason) {
    ManagementService management = daemon.application().getBean(ManagementService.class);
    management.setJobRetries(
        management
            .createJobQuery()
            .processInstanceId(instance(begun))
            .noRetriesLeft()
            .singleResult()
            .getId(),
        1);
    await().until(() -> said(begun.run()).contains("verdict: inconclusive (" + reason + ")"));
    assertThat(daemon.application().getBean(RuntimeService.class).createIncidentQuery().list())
        .isEmpty();
    assertThat(said(begun.run()))
        .containsSubsequence(
            List.of("restored files removed", "verdict: inconclusive (" + reason + ")"));
  }

  /** As in proc(5): D is held by the kernel. */
  private static String state(String pid) {
    try {
      return Files.readString(Path.of("/proc", pid, "stat"))
          .replaceFirst("^.*\\) ", "")
          .substring(0, 1);
    } catch (IOException e) {
      return "gone";
    }
  }
}
