package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.pgproof.Gate;
import io.pgproof.Remains;
import io.pgproof.RequestBuilder;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.VerificationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups and moments that a naive restore gets wrong. */
@Tag("container")
class SpecialCasesTest {
  private Path place;

  @BeforeEach
  void makePlace() throws IOException {
    place = TestEnvironment.state().path().resolve("hard");
    Trees.remove(place);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Trees.remove(place);
    Remains.assertNone(TestEnvironment.state());
  }

  @Test
  void plantedSettingsOfDatabaseAndRoleDoNotStopTheQueries() {
    Path backup;
    try (SourceDatabase source =
        TestEnvironment.source(
            15, "planted", SourceOptions.standard().withBackupDirectory(place))) {
      source.fill(100);
      // In one go, for whoever connects afterwards gets nowhere.
      source.execute(
          "alter database postgres set search_path = ''; "
              + "alter role postgres set statement_timeout = '1ms'; "
              + "alter role postgres set session_preload_libraries = 'no_such_library'");
      backup = source.baseBackup("backup");
    }
    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(backup, "select max(placed_at) from public.orders"));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
  }

  @ParameterizedTest(name = "PostgreSQL {0}")
  @ValueSource(ints = {11, 15})
  void aBackupWithoutWalIsProvenWithItsArchive(int major) throws Exception {
    Path backup;
    SourceOptions archiving =
        SourceOptions.standard()
            .withBackupDirectory(place)
            .with("archive_mode", "on")
            .with("archive_command", "mkdir -p /pgproof/out/wal && cp %p /pgproof/out/wal/%f");
    try (SourceDatabase source = TestEnvironment.source(major, "archiving", archiving)) {
      source.fill(100);
      backup = source.baseBackup("backup", "--format=tar", "--wal-method=none", "--gzip");
    }
    Path archive = place.resolve("wal");
    try (Stream<Path> segments = Files.list(archive)) {
      for (Path segment : segments.toList()) {
        // As a host's own archive is: another user's, and readable by nobody else.
        Files.setAttribute(segment, "unix:uid", 0);
        Files.setPosixFilePermissions(segment, PosixFilePermissions.fromString("rw-------"));
      }
    }
    VerificationRequest without = TestEnvironment.request(backup);
    assertThat(TestEnvironment.verify(without).reason().code()).isEqualTo("backup-incomplete");

    Report report = TestEnvironment.verify(with(without, Optional.of(archive), Duration.ZERO));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
  }

  @Test
  void standbyAndRecoveryTargetSettingsOfTheSourceAreIgnored() {
    Path backup;
    SourceOptions left =
        SourceOptions.standard()
            .withBackupDirectory(place)
            .with("primary_conninfo", "host=192.0.2.1")
            .with("recovery_target_time", "2020-01-01 00:00:00+00")
            .with("restore_command", "touch /pgproof/out/acted");
    try (SourceDatabase source = TestEnvironment.source(15, "standby", left)) {
      source.fill(100);
      source.execute("alter system set archive_mode = 'on'");
      source.execute("alter system set archive_command = 'touch /pgproof/out/acted'");
      backup =
          source.baseBackup(
              "backup", "--format=tar", "--wal-method=stream", "--gzip", "--write-recovery-conf");
    }
    // The server tells of its own container; an archiver that runs would have had two seconds for
    // the history file.
    Report report =
        TestEnvironment.verify(
            TestEnvironment.request(
                backup,
                SourceDatabase.FRESHNESS_QUERY,
                "select pg_sleep(2) is not null",
                "select (pg_stat_file('/pgproof/data/PG_VERSION', true)).size is not null",
                "select (pg_stat_file('/pgproof/out/acted', true)).size is null"));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
  }

  @Test
  void aBackupWithoutCommitsIsAsOldAsItsCheckpoint() {
    Path backup;
    SourceOptions idle =
        SourceOptions.standard().withBackupDirectory(place).with("autovacuum", "off");
    try (SourceDatabase source = TestEnvironment.source(15, "idle", idle)) {
      backup = source.baseBackup("backup");
    }
    Report report = TestEnvironment.verify(TestEnvironment.request(backup, null));
    assertThat(report.verdict().word()).as(report.toString()).isEqualTo("proven");
    assertThat(report.recovery().lastCommit())
        .as("nothing was committed while the backup was taken")
        .isNull();
    assertThat(report.freshness().source()).isEqualTo("checkpoint");
    assertThat(report.freshness().newest())
        .isCloseTo(report.backup().startTime(), within(1, ChronoUnit.MINUTES));
  }

  @Test
  void aFailedTeardownIsAnIncidentAndARetryTearsDown() throws Exception {
    VerificationRequest request =
        TestEnvironment.request(
            TestEnvironment.backup(15), SourceDatabase.FRESHNESS_QUERY, Gate.ASSERTION);
    AtomicReference<String> run = new AtomicReference<>();
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(
            () ->
                TestEnvironment.ask(
                    new Request.Verify(request),
                    said -> {
                      if (said instanceof Reply.Begun begun) {
                        run.set(begun.run());
                      }
                    }));
    await().until(() -> run.get() != null);
    RunDirectory directory = TestEnvironment.state().run(new RunId(run.get()));
    Path stuck = directory.settings().resolve("postgresql.conf");
    await().until(() -> Gate.holds(directory));
    chattr("+i", stuck);
    try {
      Gate.open(directory);
      assertThat(reply.get())
          .isInstanceOfSatisfying(
              Reply.Failed.class,
              failed ->
                  assertThat(failed.finding().message())
                      .contains("is stopped")
                      .contains("postgresql.conf"));
    } finally {
      chattr("-i", stuck);
    }

    RuntimeService runtime = TestEnvironment.daemon().application().getBean(RuntimeService.class);
    String instance =
        runtime
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(run.get())
            .singleResult()
            .getId();
    ManagementService management =
        TestEnvironment.daemon().application().getBean(ManagementService.class);
    management.setJobRetries(
        management
            .createJobQuery()
            .processInstanceId(instance)
            .noRetriesLeft()
            .singleResult()
            .getId(),
        1);

    await()
        .untilAsserted(
            () ->
                assertThat(
                        ((Reply.Run) TestEnvironment.ask(new Request.ShowRun(run.get()))).report())
                    .isNotNull());
    Reply.Run shown = (Reply.Run) TestEnvironment.ask(new Request.ShowRun(run.get()));
    assertThat(shown.report().verdict().word()).isEqualTo("proven");
    assertThat(shown.happenings())
        .as("evidence of tries that were rolled back is rolled back with them")
        .filteredOn(happening -> happening.what().endsWith("destroyed"))
        .hasSize(1);
  }

  @Test
  void aKeptCopyStaysUntilItsTimeHasPassed() throws Exception {
    VerificationRequest request =
        with(
            TestEnvironment.request(TestEnvironment.backup(15), null, "select false"),
            Optional.empty(),
            Duration.ofSeconds(2));
    Report report = TestEnvironment.verify(request);
    assertThat(report.verdict().word()).isEqualTo("refuted");
    assertThat(kept())
        .singleElement()
        .satisfies(copy -> assertThat(copy.resolve("data/PG_VERSION")).hasContent("15"));
    Remains.assertNone(TestEnvironment.state());

    await()
        .until(
            () -> {
              TestEnvironment.ask(new Request.Clean());
              return kept().isEmpty();
            });
  }

  @Test
  void twoRunsAtOnceAreBothProven() {
    CompletableFuture<Report> one =
        CompletableFuture.supplyAsync(
            () -> TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(15))));
    Report other = TestEnvironment.verify(TestEnvironment.request(TestEnvironment.backup(15)));
    assertThat(List.of(one.join().verdict().word(), other.verdict().word()))
        .containsExactly("proven", "proven");
  }

  private static List<Path> kept() throws IOException {
    try (Stream<Path> copies = Files.list(TestEnvironment.state().kept())) {
      return copies.toList();
    }
  }

  private static VerificationRequest with(
      VerificationRequest request, Optional<Path> archive, Duration keep) {
    return RequestBuilder.from(request).walArchive(archive).keep(keep).build();
  }

  private static void chattr(String flag, Path file) throws Exception {
    assertThat(new ProcessBuilder("chattr", flag, file.toString()).inheritIO().start().waitFor())
        .isZero();
  }
}
