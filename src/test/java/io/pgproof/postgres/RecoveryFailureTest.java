package io.pgproof.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.BackupIdentity.Label;
import io.pgproof.backup.ControlFile;
import io.pgproof.backup.Lsn;
import io.pgproof.backup.Replay;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The logs are of real servers of each version, started on copies of a backup that were damaged as their names say. */
class RecoveryFailureTest {
  static final Path LOGS = Path.of("src/test/resources/io/pgproof/postgres/logs");
  private static final int[] VERSIONS = {13, 15, 17};

  private static final Map<String, Reason> REASONS = Map.ofEntries(
      Map.entry("segment-missing", Reason.WAL_MISSING),
      Map.entry("segment-short", Reason.WAL_MISSING),
      Map.entry("segment-zeroed", Reason.WAL_MISSING),
      Map.entry("segment-stale", Reason.WAL_MISSING),
      Map.entry("segment-foreign", Reason.INCONSISTENT),
      Map.entry("checkpoint-damaged", Reason.INCONSISTENT),
      Map.entry("control-damaged", Reason.INCONSISTENT),
      Map.entry("control-foreign", Reason.INCONSISTENT),
      Map.entry("control-missing", Reason.INCONSISTENT),
      Map.entry("control-other-version", Reason.INCONSISTENT),
      Map.entry("label-invalid", Reason.INCONSISTENT),
      Map.entry("multixact-missing", Reason.RECOVERY_FAILED),
      Map.entry("directory-missing", Reason.RECOVERY_FAILED),
      Map.entry("library-missing", Reason.LIBRARY_MISSING),
      Map.entry("memory", Reason.OUT_OF_MEMORY),
      Map.entry("killed", Reason.OUT_OF_MEMORY),
      Map.entry("permission", Reason.ENVIRONMENT),
      Map.entry("file-too-large", Reason.ENVIRONMENT),
      Map.entry("archive-unreadable", Reason.BACKUP_UNREADABLE),
      Map.entry("setting-unknown", Reason.INTERNAL),
      Map.entry("setting-invalid", Reason.INTERNAL),
      Map.entry("stopped", Reason.INTERRUPTED));

  static Stream<Arguments> captured() {
    return Stream.of(13, 15, 17).flatMap(version ->
        REASONS.entrySet().stream().map(entry -> Arguments.of(version, entry.getKey(), entry.getValue())));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("captured")
  void everyDeathHasItsReason(int version, String damage, Reason reason) throws IOException {
    // The one control file that says another version than PG_VERSION is the one whose log tells of it.
    int control = damage.equals("control-other-version") ? 1025 : controlVersion(version);
    Finding finding = RecoveryFailure.of(log(version, damage), expected(control), version, false);
    assertThat(finding.reason()).isEqualTo(reason);
  }

  @Test
  void postgresSpeaksForItself() throws IOException {
    for (int version : VERSIONS) {
      Finding finding =
          RecoveryFailure.of(log(version, "segment-zeroed"), expected(controlVersion(version)), version, false);
      assertThat(finding.words())
          .contains("FATAL:  WAL ends before end of online backup")
          .contains("LOG:  invalid magic number 0000 in ");
      assertThat(finding.message()).contains("the backup needs WAL up to 0/5000000 in segment 000000010000000000000005");
    }
  }

  @Test
  void missingSegmentIsNamed() throws IOException {
    Finding finding = RecoveryFailure.of(log(15, "segment-missing"), expected(1300), 15, false);
    assertThat(finding.message()).contains("WAL segment 000000010000000000000002");
  }

  @Test
  void unknownTimelineRefutes() throws IOException {
    // Version 13 does not read the label's timeline and opens; RecoveryWatch sees that it ended on another one.
    assertThat(log(13, "timeline").ready()).isTrue();
    for (int version : new int[] {15, 17}) {
      assertThat(RecoveryFailure.of(log(version, "timeline"), expected(controlVersion(version)), version, false).reason())
          .isEqualTo(Reason.INCONSISTENT);
    }
  }

  @Test
  void memoryLimitExplainsEverythingElse() throws IOException {
    for (String damage : REASONS.keySet()) {
      assertThat(RecoveryFailure.of(log(15, damage), expected(1300), 15, true).reason())
          .isEqualTo(Reason.OUT_OF_MEMORY);
    }
  }

  @Test
  void fullDiskIsNotTheBackupsFault() {
    RecoveryLog log = new RecoveryLog();
    log.add("cp: error writing 'pg_wal/RECOVERYXLOG': No space left on device");
    log.add("2026-11-22 20:12:15.620 UTC [36] XX000 FATAL:  WAL ends before end of online backup");
    assertThat(RecoveryFailure.of(log, expected(1300), 15, false).reason()).isEqualTo(Reason.DISK_FULL);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(delimiter = '|', value = {
      "53200 | maximum number of prepared transactions reached       | ENVIRONMENT | raised max_prepared_transactions",
      "53200 | out of shared memory                                  | ENVIRONMENT | table of locks is too small",
      "53200 | out of memory                                         | OUT_OF_MEMORY | got no more memory",
      "58P01 | directory \"/srv/late\" does not exist                | ENVIRONMENT | created a tablespace at /srv/late",
      "55000 | WAL was generated with \"wal_level=minimal\", cannot continue recovering | WAL_MISSING | wal_level=minimal",
  })
  void whatTheLogAsksForIsToldApart(String state, String message, Reason reason, String words) {
    RecoveryLog log = new RecoveryLog();
    log.add("2026-11-22 20:12:15.600 UTC [36] 00000 LOG:  redo starts at 0/2000028");
    log.add("2026-11-22 20:12:15.620 UTC [36] " + state + " FATAL:  " + message);
    Finding finding = RecoveryFailure.of(log, expected(1300), 15, false);
    assertThat(finding.reason()).isEqualTo(reason);
    assertThat(finding.message()).contains(words);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', value = {
      "the archive ends with a whole record   | 000000010000000000000003 |                                     | BACKUP_IN_PROGRESS",
      "the newest segment is half written     | 000000010000000000000002 | invalid record length at 0/3000100: wanted 24, got 0 | BACKUP_IN_PROGRESS",
      "a whole segment breaks off             | 000000010000000000000003 | invalid record length at 0/3000100: wanted 24, got 0 | WAL_MISSING",
      "there is no archive                    |                          |                                     | WAL_MISSING",
  })
  void anArchiveThatEndsBeforeTheBackupMayGoOn(String what, String lastWhole, String remark, Reason reason) {
    RecoveryLog log = new RecoveryLog();
    log.add("2026-11-22 20:12:15.600 UTC [36] 00000 LOG:  redo starts at 0/2000028");
    if (remark != null) {
      log.add("2026-11-22 20:12:15.610 UTC [36] 00000 LOG:  " + remark);
    }
    log.add("2026-11-22 20:12:15.610 UTC [36] 00000 LOG:  redo done at 0/30000D8");
    log.add("2026-11-22 20:12:15.620 UTC [36] XX000 FATAL:  WAL ends before end of online backup");
    RecoveryExpectation expected = expected(1300);
    Replay replay = new Replay(Replay.along(1).path(), Optional.empty(), Optional.empty(), Optional.ofNullable(lastWhole), Map.of(),
        Replay.Raised.NOTHING);
    assertThat(RecoveryFailure.of(log, new RecoveryExpectation(
        expected.label(), expected.control(), Optional.empty(), Optional.empty(), replay), 15, false).reason()).isEqualTo(reason);
  }

  @Test
  void otherBuildIsNotTheBackupsFault() throws IOException {
    assertThat(RecoveryFailure.of(log(15, "other-version"), expected(1300), 15, false).reason())
        .isEqualTo(Reason.VERSION_UNSUPPORTED);
  }

  @Test
  void onlyWalBehindAGapCountsAsNotReached() {
    for (String last : new String[] {"000000010000000000000004", "000000010000000000000005", "000000020000000000000009"}) {
      assertThat(bringing(last).bringsWalAfter(Lsn.parse("0/4800000"))).as(last).isFalse();
    }
    assertThat(bringing("000000010000000000000006").bringsWalAfter(Lsn.parse("0/4800000"))).isTrue();
    assertThat(bringing("000000010000000000000005").bringsWalAfter(Lsn.parse("0/4000000"))).isTrue();
    assertThat(bringing("000000010000000100000001").bringsWalAfter(Lsn.parse("0/FF800000"))).isTrue();
    assertThat(bringing("000000010000000100000000").bringsWalAfter(Lsn.parse("0/FF800000"))).isFalse();
  }

  private static RecoveryExpectation bringing(String lastSegment) {
    RecoveryExpectation expected = expected(1300);
    return new RecoveryExpectation(expected.label(), expected.control(), Optional.empty(), Optional.of(lastSegment));
  }

  @Test
  void silentDeathIsNotTheBackupsFault() {
    assertThat(RecoveryFailure.of(new RecoveryLog(), expected(1300), 15, false).reason())
        .isEqualTo(Reason.ENVIRONMENT);
  }

  @Test
  void refusedClientIsNoReasonForADeath() {
    RecoveryLog log = new RecoveryLog();
    log.add("2026-11-22 20:12:15.620 UTC [36] XX000 FATAL:  WAL ends before end of online backup");
    log.add("2026-11-22 20:12:15.621 UTC [40] 57P03 FATAL:  the database system is shutting down");
    assertThat(RecoveryFailure.of(log, expected(1300), 15, false).reason()).isEqualTo(Reason.WAL_MISSING);
  }

  static RecoveryLog log(int version, String name) throws IOException {
    RecoveryLog log = new RecoveryLog();
    ServerLog file = new ServerLog(LOGS.resolve(version + "/" + name + ".log"));
    while (file.read(log::add)) {
      Thread.onSpinWait();
    }
    return log;
  }

  private static int controlVersion(int major) {
    return major == 17 ? 1700 : 1300;
  }

  static RecoveryExpectation expected(int controlVersion) {
    Lsn start = Lsn.parse("0/2000028");
    return new RecoveryExpectation(
        new Label(
            start, "000000010000000000000002", Lsn.parse("0/2000060"), Instant.EPOCH, "", OptionalInt.of(1), false,
            Optional.empty(), OptionalInt.empty()),
        new ControlFile(
            "1", controlVersion, start, Instant.EPOCH, 1, 100, 8, 10, 0, 64, 8192, 131_072, 16 << 20, true),
        Optional.of(Lsn.parse("0/5000000")),
        Optional.empty());
  }
}
