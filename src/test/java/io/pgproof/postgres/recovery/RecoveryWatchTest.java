package io.pgproof.postgres.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.postgres.check.CheckResults;
import io.pgproof.postgres.check.UserChecks;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.SourceCluster;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

@EnabledIf("io.pgproof.postgres.server.HostMachine#available")
class RecoveryWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir static Path temp;
  private static SourceCluster source;
  private Path home;
  private RestoredCopy copy;

  /** How far the recovery came that ended in the last finding. */
  private RecoveryFailedException.Far far;

  @BeforeAll
  static void backedUp() throws Exception {
    source = SourceCluster.backedUp(temp.resolve("source"), "select 1");
  }

  @BeforeEach
  void named(TestInfo test) {
    home = temp.resolve(test.getTestMethod().orElseThrow().getName());
  }

  @AfterEach
  void gone() {
    if (copy != null) {
      copy.close();
    }
  }

  @Test
  void theArchiveTakesRecoveryBeyondTheBackup() throws Exception {
    restore(source.archive);
    RecoveryResult reached = recover(expected());
    assertThat(reached.endLsn()).isGreaterThan(source.endLsn());
    UserChecks userChecks =
        new UserChecks(
            "shop",
            Optional.empty(),
            List.of("select count(*) = 1 from orders where note = 'after'"),
            Duration.ofHours(1),
            Duration.ofSeconds(20),
            ZoneId.of("UTC"));
    CheckResults checkResults = copy.ask(copy.running(), userChecks, reached);
    assertThat(checkResults.findings()).isEmpty();
    assertThat(checkResults.freshness().source()).isEqualTo("wal");
  }

  @Test
  void aBackupWithoutWalRecoversFromTheArchive() throws Exception {
    restore(source.archive);
    Files.delete(segment());
    assertThat(recover(expected()).endLsn()).isGreaterThan(source.endLsn());
  }

  @Test
  void aSegmentStillBeingArchivedIsNotNeeded() throws Exception {
    Path archive = copied(source.archive, home.resolve("archive"));
    try (RandomAccessFile file = new RandomAccessFile(later(archive).toFile(), "rw")) {
      file.setLength(5_000_000);
    }
    restore(archive);
    assertThat(recover(expected()).endLsn()).isGreaterThanOrEqualTo(source.endLsn());
    assertThat(Files.readString(copy.log))
        .contains("5000000 bytes, not 16777216: treated as missing");
  }

  @Test
  void anUnreadableArchiveIsNotTheBackupsFault() throws Exception {
    Path archive = copied(source.archive, home.resolve("archive"));
    Files.setAttribute(later(archive), "unix:uid", 0);
    Files.setPosixFilePermissions(later(archive), PosixFilePermissions.fromString("rw-------"));
    restore(archive);
    assertThat(finding(expected()).reason()).isEqualTo(Reason.BACKUP_UNREADABLE);
  }

  @Test
  void aMissingSegmentRefutesAndIsNamed() throws Exception {
    restore(null);
    Files.delete(segment());
    Finding finding = finding(expected());
    assertThat(finding).returns(Verdict.REFUTED, Finding::verdict);
    assertThat(finding.reason()).isEqualTo(Reason.WAL_MISSING);
    assertThat(finding.message()).contains(source.label().startSegment());
    assertThat(finding.words()).contains("could not locate required checkpoint record");
  }

  @Test
  void walThatEndsTooEarlyRefutes() throws Exception {
    restore(null);
    long middle =
        (source.label().checkpointLsn().position() + source.endLsn().position()) / 2 & 0xFFE000;
    try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
      file.seek(middle);
      file.write(new byte[1 << 20]);
    }
    Finding finding = finding(expected());
    assertThat(finding.reason()).isEqualTo(Reason.WAL_MISSING);
    assertThat(finding.words()).contains("WAL ends before end of online backup");
    assertThat(far.timeline()).isEqualTo(1);
    assertThat(far.consistent()).isFalse();
    assertThat(far.endLsn().orElseThrow()).isBetween(source.label().startLsn(), source.endLsn());
  }

  @Test
  void anOpenServerThatLacksWalOfTheManifestRefutes() throws Exception {
    restore(null);
    RecoveryExpectation expected = expected();
    Lsn further = new Lsn(source.endLsn().position() + (64 << 20));
    Finding finding =
        finding(
            new RecoveryExpectation(
                expected.label(),
                expected.control(),
                Optional.of(further),
                expected.lastWalSegment()));
    assertThat(finding.reason()).isEqualTo(Reason.WAL_MISSING);
    assertThat(finding.message()).contains("the backup needs WAL up to " + further);
    assertThat(far.consistent())
        .as("that state was reached, only not all that the manifest asks for")
        .isTrue();
  }

  @Test
  void aGapBeforeTheLastSegmentRefutes() throws Exception {
    restore(null);
    RecoveryExpectation expected = expected();
    Finding finding =
        finding(
            new RecoveryExpectation(
                expected.label(),
                expected.control(),
                Optional.empty(),
                Optional.of("000000010000000000000009")));
    assertThat(finding.reason()).isEqualTo(Reason.WAL_MISSING);
    assertThat(finding.message()).contains("000000010000000000000009");
  }

  @Test
  void damageBeforeTheEndOfTheArchiveRefutes() throws Exception {
    Path archive = copied(source.archive, home.resolve("archive"));
    Path damaged = later(archive);
    try (RandomAccessFile file = new RandomAccessFile(damaged.toFile(), "rw")) {
      file.seek(40);
      file.write(new byte[1 << 20]);
    }
    restore(archive);
    RecoveryExpectation expected = expected();
    long number = Long.parseLong(damaged.getFileName().toString().substring(16), 16);
    String next = String.format("0000000100000000%08X", number + 1);
    Finding finding =
        finding(
            new RecoveryExpectation(
                expected.label(),
                expected.control(),
                expected.endLsn(),
                expected.lastWalSegment(),
                new ReplayPlan(
                    expected.replay().path(),
                    Optional.empty(),
                    Optional.of(new Lsn((number + 1) << 24)),
                    Optional.of(next),
                    Map.of(),
                    ReplayPlan.Raised.NOTHING)));
    assertThat(finding.reason()).isEqualTo(Reason.WAL_MISSING);
    assertThat(finding.message()).contains("although the WAL archive continues to segment " + next);
    assertThat(far.consistent()).isTrue();
  }

  @Test
  void anotherTimelineRefutes() throws Exception {
    restore(null);
    RecoveryExpectation expected = expected();
    var label = expected.label();
    Finding finding =
        finding(
            new RecoveryExpectation(
                new Label(
                    label.startLsn(),
                    label.startSegment(),
                    label.checkpointLsn(),
                    label.startTime(),
                    label.text(),
                    OptionalInt.of(3),
                    false,
                    Optional.empty(),
                    OptionalInt.empty()),
                expected.control(),
                Optional.empty(),
                Optional.empty()));
    assertThat(finding.reason()).isEqualTo(Reason.INCONSISTENT);
    assertThat(finding.message()).contains("timeline 1", "timeline 3");
  }

  @Test
  void anOpenServerThatFoundNoLabelRefutes() throws Exception {
    restore(null);
    Files.delete(copy.data.resolve("backup_label"));
    Finding finding = finding(expected());
    assertThat(finding.reason()).isEqualTo(Reason.INCONSISTENT);
    assertThat(finding.message()).contains("backup_label");
    assertThat(far.consistent()).as("of a crash recovery's own idea of consistency").isFalse();
  }

  @Test
  void aTimeoutReportsTheProgress() throws Exception {
    restore(source.archive);
    Files.writeString(
        copy.order.settingsDirectory().resolve(RecoveryPreparation.FETCH_WAL), "sleep 1000\n");
    copy.start();
    FindingException thrown =
        catchThrowableOfType(
            FindingException.class,
            () ->
                RecoveryWatch.await(
                    copy.running(), expected(), Duration.ofSeconds(1), Progress.NONE));
    assertThat(thrown.finding()).returns(Verdict.INCONCLUSIVE, Finding::verdict);
    assertThat(thrown.finding().reason()).isEqualTo(Reason.RECOVERY_TIMEOUT);
    assertThat(thrown.finding().message()).contains("within 1 s").contains("redo had not started");
  }

  @Test
  void anInterruptEndsTheWaitAtOnce() throws Exception {
    restore(null);
    RunningServer silent = new RunningServer(copy.address, copy.log, () -> true, () -> false);
    RecoveryExpectation expected = expected();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> RecoveryWatch.await(silent, expected, LIMIT, Progress.NONE))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void aKilledServerIsNotTheBackupsFault() throws Exception {
    restore(source.archive);
    Files.writeString(
        copy.order.settingsDirectory().resolve(RecoveryPreparation.FETCH_WAL), "sleep 1000\n");
    copy.start();
    copy.kill();
    FindingException thrown =
        catchThrowableOfType(
            FindingException.class,
            () -> RecoveryWatch.await(copy.running(), expected(), LIMIT, Progress.NONE));
    assertThat(thrown.finding()).returns(Verdict.INCONCLUSIVE, Finding::verdict);
  }

  @Test
  void aCrashInAQueryIsNotTheBackupsFaultAndNamesTheQuery() throws Exception {
    restore(null);
    RecoveryResult reached = recover(expected());
    UserChecks userChecks =
        new UserChecks(
            "shop",
            Optional.empty(),
            List.of("select pg_sleep(60) is null", "select true"),
            Duration.ofDays(1),
            Duration.ofMinutes(2),
            ZoneId.of("UTC"));
    Thread killer =
        new Thread(
            () -> {
              try {
                await().until(this::sleeps);
                killBackend();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    killer.start();
    CheckResults checkResults = copy.ask(copy.running(), userChecks, reached);
    killer.join();
    assertThat(checkResults.checks()).hasSize(3);
    assertThat(checkResults.findings())
        .allSatisfy(finding -> assertThat(finding).returns(Verdict.INCONCLUSIVE, Finding::verdict));
    assertThat(checkResults.findings().get(0).message())
        .contains("assertion 1 crashed the restored server", "signal 11");
  }

  private boolean sleeps() throws SQLException {
    try (Connection connection = new RestoredServer(copy.address).connect("postgres", LIMIT);
        Statement statement = connection.createStatement();
        ResultSet sessions =
            statement.executeQuery(
                "select from pg_stat_activity where datname = 'shop' and state = 'active' and query like '%pg_sleep%'")) {
      return sessions.next();
    }
  }

  /**
   * The backend that sleeps has renamed itself after its database, as every server process does.
   */
  private void killBackend() throws IOException, InterruptedException {
    for (ProcessHandle process : copy.processes()) {
      if (title(process).startsWith("postgres: postgres shop")) {
        assertThat(
                new ProcessBuilder("kill", "-SEGV", String.valueOf(process.pid()))
                    .start()
                    .waitFor())
            .isZero();
      }
    }
  }

  /** Empty for a process that has ended. */
  private static String title(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  private void restore(Path archive) throws Exception {
    copy = new RestoredCopy(source, home, archive);
    RecoveryPreparation.prepare(copy.order);
  }

  private RecoveryResult recover(RecoveryExpectation expected) throws Exception {
    copy.start();
    return RecoveryWatch.await(copy.running(), expected, LIMIT, Progress.NONE);
  }

  private Finding finding(RecoveryExpectation expected) throws Exception {
    copy.start();
    RecoveryFailedException thrown =
        catchThrowableOfType(
            RecoveryFailedException.class,
            () -> RecoveryWatch.await(copy.running(), expected, LIMIT, Progress.NONE));
    assertThat(thrown).as("the server recovered: %s", Files.readString(copy.log)).isNotNull();
    far = thrown.far();
    return thrown.finding();
  }

  private static RecoveryExpectation expected() throws IOException, InterruptedException {
    return new RecoveryExpectation(
        source.label(),
        source.control(),
        Optional.of(source.endLsn()),
        Optional.of(source.label().startSegment()));
  }

  private Path segment() throws IOException {
    return copy.data.resolve("pg_wal").resolve(source.label().startSegment());
  }

  /** The segment after the backup's own. */
  private static Path later(Path archive) throws IOException {
    try (var files = Files.list(archive)) {
      return files
          .filter(file -> file.getFileName().toString().length() == 24)
          .filter(
              file -> {
                try {
                  return file.getFileName().toString().compareTo(source.label().startSegment()) > 0;
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              })
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private static Path copied(Path from, Path to) throws IOException, InterruptedException {
    Files.createDirectories(to.getParent());
    if (new ProcessBuilder("cp", "-a", from.toString(), to.toString()).start().waitFor() != 0) {
      throw new IOException("cannot copy " + from);
    }
    return to;
  }
}
