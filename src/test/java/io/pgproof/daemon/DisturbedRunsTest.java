package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.EngineDatabase;
import io.pgproof.Gate;
import io.pgproof.Remains;
import io.pgproof.Tars;
import io.pgproof.TestEnvironment;
import io.pgproof.TurnedClock;
import io.pgproof.control.Reply;
import io.pgproof.proof.Report;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What hangs, stands still, goes away or is stopped by hand in the middle of a real run: it ends,
 * and nothing is left.
 */
@Tag("container")
class DisturbedRunsTest extends DaemonFixture {
  @TempDir Path place;

  @AfterEach
  void theClockIsRight() {
    TurnedClock.right();
  }

  @Test
  void aHangingMountEndsTheInspectionAtItsLimit() throws Exception {
    Report report = hanging("base.tar.gz", new Timeouts(SHORT, LONG, LONG, LONG));
    assertInconclusive(report, "inspection-timeout");
  }

  @Test
  void aHangingMountEndsTheRestoreAtItsLimit() throws Exception {
    Report report = hanging("backup_manifest", new Timeouts(LONG, SHORT, LONG, LONG));
    assertInconclusive(report, "restore-timeout");
    assertThat(said(report.run()))
        .containsSubsequence("restored files removed", "verdict: inconclusive (restore-timeout)");
  }

  @Test
  void aBlockedStatementEndsAtItsLimit() throws Exception {
    Report report =
        verify(within(new Timeouts(LONG, LONG, LONG, SHORT), "select pg_sleep(600) is not null"));
    assertInconclusive(report, "query-failed");
  }

  @Test
  void aServerThatHangsInTheChecksEndsTheRun() throws Exception {
    Begun begun =
        begin(
            TestEnvironment.within(
                new Timeouts(LONG, LONG, Duration.ofSeconds(10), LONG),
                TestEnvironment.request(TestEnvironment.backup(15), null, Gate.ASSERTION)));
    await("the assertion is asked")
        .until(() -> Gate.holds(directory(begun)) || begun.reply().isDone());
    standStill(begun);
    Report report = begun.verdict();
    assertInconclusive(report, "check-timeout");
    assertThat(report.freshness()).as("what was found until then counts").isNotNull();
  }

  @Test
  void aRunThatIsSuspendedInCockpitContinuesWhenActivated() throws Exception {
    Begun begun = begin(TestEnvironment.request(TestEnvironment.backup(15), null, Gate.ASSERTION));
    awaitChecks(begun);
    String instance = instance(begun);
    byHand(runtime -> runtime.suspendProcessInstanceById(instance));
    Gate.open(directory(begun));

    assertThat(begun.reply().get())
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> {
              assertThat(failed.finding().message()).contains("was suspended by hand");
              assertThat(failed.finding().hint()).contains("activate it in Cockpit");
            });
    await("an owner does not wait for it").until(daemon::isIdle);

    byHand(runtime -> runtime.activateProcessInstanceById(instance));
    await().until(() -> said(begun.run()).contains("verdict: proven (fresh)"));
  }

  @Test
  void aSuspendedRunStartsAgainAfterTheEndOfItsDaemon() throws Exception {
    Begun begun = begin(TestEnvironment.request(TestEnvironment.backup(15), null, Gate.ASSERTION));
    awaitChecks(begun);
    String instance = instance(begun);
    byHand(runtime -> runtime.suspendProcessInstanceById(instance));
    close();
    Remains.assertNone(state);

    startDaemon(Map.of());
    byHand(runtime -> runtime.activateProcessInstanceById(instance));
    await().until(() -> Gate.holds(directory(begun)));
    Gate.open(directory(begun));

    await().until(() -> said(begun.run()).contains("verdict: proven (fresh)"));
    assertThat(said(begun.run())).contains("attempt 2 started");
  }

  /**
   * What was inspected is what is restored, also by the next owner: else the image, and what was
   * told, are another backup's.
   */
  @Test
  void aRunThatRestartsOnAnotherBackupIsInconclusive() throws Exception {
    Path copy = TestEnvironment.copy(TestEnvironment.backup(15), place);
    Begun begun = begin(TestEnvironment.request(copy, null, "select pg_sleep(600) is not null"));
    awaitChecks(begun);
    close();
    Tars.change(
        copy.resolve("base.tar.gz"),
        (name, content) ->
            name.equals("backup_label")
                ? new String(content, StandardCharsets.UTF_8)
                    .replaceFirst("START TIME: \\d{4}", "START TIME: 2001")
                    .getBytes(StandardCharsets.UTF_8)
                : content);

    startDaemon(Map.of());
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> said(begun.run()).contains("verdict: inconclusive (backup-changed)"));
    assertThat(said(begun.run()))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        copy
                            + " contains another backup than at its inspection: its START TIME is 2001-"));
  }

  @Test
  void aRunThatIsDeletedInCockpitIsTornDownWithinSeconds() throws Exception {
    Begun begun =
        begin(
            TestEnvironment.request(
                TestEnvironment.backup(15), null, "select pg_sleep(600) is not null"));
    awaitChecks(begun);

    String instance = instance(begun);
    byHand(runtime -> runtime.deleteProcessInstance(instance, "by hand", true));

    // Nobody goes the rounds here, so that the deletion itself is what tears down.
    await().untilAsserted(() -> Remains.assertNone(state));
    assertThat(begun.reply().get())
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> {
              assertThat(failed.finding().message()).contains("deleted by hand");
              assertThat(failed.finding().hint()).isEqualTo("verify the backup again");
            });
  }

  @Test
  void aClockThatIsSetBackChangesNeitherVerdictNorTeardownOrder() throws Exception {
    Begun begun = begin(TestEnvironment.request(TestEnvironment.backup(15), null, Gate.ASSERTION));
    awaitChecks(begun);
    Path held = directory(begun).settings().resolve("postgresql.conf");
    chattr("+i", held);
    try {
      Gate.open(directory(begun));
      await().until(() -> failed(begun) > 0);
      // The next try of the teardown is due by the old clock.
      TurnedClock.setBack(Duration.ofHours(1));
    } finally {
      chattr("-i", held);
    }

    Report report = begun.verdict();
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.totalMillis()).isPositive();
    assertThat(said(begun.run()))
        .filteredOn(line -> line.endsWith("destroyed") || line.endsWith("removed"))
        .satisfiesExactly(
            first -> assertThat(first).endsWith("destroyed"),
            second -> assertThat(second).endsWith("removed"));
  }

  @Test
  void aLostEngineDatabaseDelaysARunAndKeepsItsVerdict() throws Exception {
    close();
    try (EngineDatabase database = EngineDatabase.start()) {
      startDaemon(
          Map.of(
              "spring.datasource.url",
              database.url(),
              "spring.datasource.username",
              database.user(),
              "spring.datasource.hikari.connection-timeout",
              "1000"));
      Begun begun =
          begin(TestEnvironment.request(TestEnvironment.backup(15), null, Gate.ASSERTION));
      awaitChecks(begun);

      database.stop();
      Gate.open(directory(begun));
      // The checks end meanwhile, and nothing can be told of it.
      await()
          .until(
              () ->
                  processes(begun).stream().noneMatch(pid -> commandLine(pid).contains("[local]")));
      Thread.sleep(3_000);
      assertThat(begun.reply()).isNotDone();
      database.startAgain();

      assertThat(begun.verdict().verdict().word()).isEqualTo("proven");
      await().until(daemon::isIdle);
      assertThat(daemon.application().getBean(RuntimeService.class).createExecutionQuery().count())
          .isZero();
      close();
    }
  }

  /** Who meets a step of the run at the same moment is refused and tries again, as in Cockpit. */
  private void byHand(Consumer<RuntimeService> act) {
    await()
        .ignoreException(OptimisticLockingException.class)
        .until(
            () -> {
              act.accept(daemon.application().getBean(RuntimeService.class));
              return true;
            });
  }

  /** The verdict on a copy of the backup in which one file is never read to its end. */
  private Report hanging(String name, Timeouts timeouts) throws Exception {
    Path copy = TestEnvironment.copy(TestEnvironment.backup(15), place);
    Path pipe = copy.resolve(name);
    Files.delete(pipe);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try {
      return verify(TestEnvironment.within(timeouts, TestEnvironment.request(copy)));
    } finally {
      // Lets the reader go on.
      new RandomAccessFile(pipe.toFile(), "rw").close();
    }
  }

  /** Stops every process in the run's container, as a kernel does that swaps for ever. */
  private void standStill(Begun begun) throws Exception {
    for (String pid : processes(begun)) {
      new ProcessBuilder("kill", "-s", "STOP", pid).start().waitFor();
    }
  }

  private Set<String> processes(Begun begun) throws IOException {
    String group = "lxc.payload." + state.machinePrefix() + begun.run();
    Set<String> processes = new TreeSet<>();
    for (Path found : Remains.controlGroups(group)) {
      processes.addAll(Files.readAllLines(found.resolve("cgroup.procs")));
    }
    return processes;
  }

  private static String commandLine(String pid) {
    return ProcessHandle.of(Long.parseLong(pid))
        .flatMap(process -> process.info().commandLine())
        .orElse("");
  }

  private static void chattr(String flag, Path file) throws Exception {
    assertThat(new ProcessBuilder("chattr", flag, file.toString()).inheritIO().start().waitFor())
        .isZero();
  }
}
