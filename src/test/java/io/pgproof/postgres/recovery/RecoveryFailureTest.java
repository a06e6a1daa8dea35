package io.pgproof.postgres.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.format.BackupIdentity.Label;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.postgres.server.ServerLog;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The logs are of real servers of each version, started on copies of a backup that were damaged as
 * their names say.
 */
class RecoveryFailureTest {
  static final Path LOGS = Path.of("src/test/resources/io/pgproof/postgres/recovery/logs");
  private static final int[] VERSIONS = {13, 15, 17};

  private static final Map<String, Reason> REASONS =
      Map.ofEntries(
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
    return Stream.of(13, 15, 17)
        .flatMap(
            version ->
                REASONS.entrySet().stream()
                    .map(entry -> Arguments.of(version, entry.getKey(), entry.getValue())));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("captured")
  void everyFailureHasItsReason(int version, String damage, Reason reason) throws IOException {
    // The one control file that says another version than PG_VERSION is the one whose log tells of
    // it.
    int control = damage.equals("control-other-version") ? 1025 : controlVersion(version);
    Finding finding =
        RecoveryFailure.of(log(version, damage), expected(control), version(version), false);
    assertThat(finding.reason()).isEqualTo(reason);
  }

  @Test
  void theFindingQuotesPostgresql() throws IOException {
    for (int version : VERSIONS) {
      Finding finding =
          RecoveryFailure.of(
              log(version, "segment-zeroed"),
              expected(controlVersion(version)),
              version(version),
              false);
      assertThat(finding.words())
          .contains("FATAL:  WAL ends before end of online backup")
          .contains("LOG:  invalid magic number 0000 in ");
      assertThat(finding.message())
          .contains("the backup needs WAL up to 0/5000000 in segment 000000010000000000000005");
    }
  }

  @Test
  void aMissingSegmentIsNamed() throws IOException {
    Finding finding =
        RecoveryFailure.of(log(15, "segment-missing"), expected(1300), PostgresVersion.V15, false);
    assertThat(finding.message()).contains("WAL segment 000000010000000000000002");
  }

  @Test
  void anUnknownTimelineRefutes() throws IOException {
    // Version 13 does not read the label's timeline and opens; RecoveryWatch sees that it ended on
    // another one.
    assertThat(log(13, "timeline").ready()).isTrue();
    for (int version : new int[] {15, 17}) {
      assertThat(
              RecoveryFailure.of(
                      log(version, "timeline"),
                      expected(controlVersion(version)),
                      version(version),
                      false)
                  .reason())
          .isEqualTo(Reason.INCONSISTENT);
    }
  }

  @Test
  void theMemoryLimitExplainsEveryOtherError() throws IOException {
    for (String damage : REASONS.keySet()) {
      assertThat(
              RecoveryFailure.of(log(15, damage), expected(1300), PostgresVersion.V15, true)
                  .reason())
          .isEqualTo(Reason.OUT_OF_MEMORY);
    }
  }

  @Test
  void aFullDiskIsNotTheBackupsFault() {
    RecoveryLog log = new RecoveryLog();
    log.add("cp: error writing 'pg_wal/RECOVERYXLOG': No space left on device");
    log.add("2026-11-22 20:12:15.620 UTC [36] XX000 FATAL:  WAL ends before end of online backup");
    assertThat(RecoveryFailure.of(log, expected(1300), PostgresVersion.V15, false).reason())
        .isEqualTo(Reason.DISK_FULL);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "53200 | maximum number of prepared transactions reached       | ENVIRONMENT | raised max_prepared_transactions",
        "53200 | out of shared memory                                  | ENVIRONMENT | table of locks is too small",
        "53200 | out of memory                                         | OUT_OF_MEMORY | ran out of memory",
        "58P01 | directory \"/srv/late\" does not exist                | ENVIRONMENT | created a tablespace at /srv/late",
        "55000 | WAL was generated with \"wal_level=minimal\", cannot continue recovering | WAL_MISSING | wal_level=minimal",
      })
  void limitsMemoryAndMinimalWalAreToldApart(
      String state, String message, Reason reason, String words) {
    RecoveryLog log = new RecoveryLog();
    log.add("2026-11-22 20:12:15.600 UTC [36] 00000 LOG:  redo starts at 0/2000028");
    log.add("2026-11-22 20:12:15.620 UTC [36] " + state + " FATAL:  " + message);
    Finding finding = RecoveryFailure.of(log, expected(1300), PostgresVersion.V15, false);
    assertThat(finding.reason()).isEqualTo(reason);
    assertThat(finding.message()).contains(words);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "the archive ends with a whole record   | 000000010000000000000003 |                                     | BACKUP_IN_PROGRESS",
        "the newest segment is half written     | 000000010000000000000002 | invalid record length at 0/3000100: wanted 24, got 0 | BACKUP_IN_PROGRESS",
        "a whole segment breaks off             | 000000010000000000000003 | invalid record length at 0/3000100: wanted 24, got 0 | WAL_MISSING",
        "there is no archive                    |                          |                                     | WAL_MISSING",
      })
  void anArchiveThatEndsBeforeTheBackupMeansInProgress(
      String what, String lastWhole, String remark, Reason reason) {
    RecoveryLog log = new RecoveryLog();
    log.add("2026-11-22 20:12:15.600 UTC [36] 00000 LOG:  redo starts at 0/2000028");
    if (remark != null) {
      log.add("2026-11-22 20:12:15.610 UTC [36] 00000 LOG:  " + remark);
    }
    log.add("2026-11-22 20:12:15.610 UTC [36] 00000 LOG:  redo done at 0/30000D8");
    log.add("2026-11-22 20:12:15.620 UTC [36] XX000 FATAL:  WAL ends before end of online backup");
    RecoveryExpectation expected = expected(1300);
    ReplayPlan replayPlan =
        new ReplayPlan(
            ReplayPlan.followTimeline(1).path(),
            Optional.empty(),
            Optional.empty(),
            Optional.ofNullable(lastWhole),
            Map.of(),
            ReplayPlan.Raised.NOTHING);
    assertThat(
            RecoveryFailure.of(
                    log,
                    new RecoveryExpectation(
                        expected.label(),
                        expected.control(),
                        Optional.empty(),
                        Optional.empty(),
                        replayPlan),
                    PostgresVersion.V15,
                    false)
                .reason())
        .isEqualTo(reason);
  }

  /**
   * As a server of version 15 gives up during recovery; the words before the bar are the SQLSTATE.
   */
  private static Finding gaveUp(String stateAndMessage) {
    RecoveryLog log = new RecoveryLog();
    log.add("2026-11-22 20:12:15.600 UTC [36] 00000 LOG:  redo starts at 0/2000028");
    log.add("2026-11-22 20:12:15.620 UTC [36] " + stateAndMessage.replaceFirst(" ", " FATAL:  "));
    return RecoveryFailure.of(log, expected(1300), PostgresVersion.V15, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "XX000 cannot happen here",
        "XX000 citus_redo: unknown op code 3",
        "XX000 heap_redo: unknown op code 112",
        "58P01 could not open file \"/pgproof/settings/pg_hba.conf\": No such file or directory",
        "58P02 could not create file \"pg_wal/xlogtemp.36\": File exists",
        "55000 data directory \"/pgproof/data\" has wrong ownership",
        "XX000 could not seek in file \"pg_wal/000000010000000000000002\": Invalid argument",
        "XX000 invalid memory alloc request size 1073741824",
        "22023 invalid value for parameter \"vendor.mode\": 7",
        "XX000 encrypted cluster: no key"
      })
  void unknownMessagesAreNoEvidence(String said) {
    Finding finding = gaveUp(said);
    assertThat(finding.reason()).isEqualTo(Reason.RECOVERY_UNCLEAR);
    assertThat(finding).returns(Verdict.INCONCLUSIVE, Finding::verdict);
    assertThat(finding.words()).contains(said.substring(6));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "XX000 could not find redo location 0/2000028 referenced by checkpoint record at 0/2000060",
        "XX000 could not find redo location referenced by checkpoint record",
        "XX000 invalid checkpoint record",
        "XX000 invalid redo in checkpoint record",
        "XX000 invalid resource manager ID in checkpoint record",
        "XX000 invalid length of primary checkpoint record",
        "XX000 could not locate a valid checkpoint record at 0/2000060",
        "XX000 backup_label contains data inconsistent with control file",
        "55000 invalid data in file \"tablespace_map\"",
        "XX000 control file contains invalid database cluster state",
        "XX000 WAL contains references to invalid pages",
        "XX000 unexpected timeline ID 3 (should be 1) in end-of-recovery record",
        "XX000 syntax error in history file: x",
        "XX000 requested timeline 3 is not a child of this server's history",
        "XX000 recovery target timeline 7 does not exist",
        "XX000 invalid record length at 0/2000028: wanted 24, got 0",
        "XX000 invalid record length at 0/2000028: expected at least 24, got 0",
        "XX000 incorrect resource manager data checksum in record at 0/2000028",
        "XX000 record with incorrect prev-link 0/0 at 0/2000028",
        "XX000 invalid magic number 0000 in log segment 000000010000000000000002, offset 0",
        "XX000 invalid magic number 0000 in WAL segment 000000010000000000000002, LSN 0/2000000, offset 0",
        "XX000 unexpected pageaddr 0/1000000 in log segment 000000010000000000000002, offset 0",
        "XX000 there is no contrecord flag at 0/2000028",
        "XX000 WAL file is from different database system: WAL file database system identifier is 1"
      })
  void damageInLabelControlFileAndWalRefutes(String said) {
    assertThat(gaveUp(said).reason()).isEqualTo(Reason.INCONSISTENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "XX001 invalid page in block 3 of relation base/5/1259",
        "XX001 could not read block 3 in file \"base/5/1259\": read only 0 of 8192 bytes",
        "XX000 could not read file \"global/pg_filenode.map\": read 100 of 524",
        "XX000 relation mapping file \"global/pg_filenode.map\" contains incorrect checksum",
        "58P01 could not open file \"global/pg_filenode.map\": No such file or directory",
        "58P01 could not open directory \"pg_commit_ts\": No such file or directory",
        "58P01 could not access status of transaction 1",
        "XX000 could not access status of transaction 1",
        "XX001 corrupted two-phase state file for transaction 743",
        "XX001 calculated CRC checksum does not match value stored in file \"pg_twophase/000002E7\"",
        "XX000 replication checkpoint has wrong magic 1 instead of 307747550",
        "XX000 invalid lp",
        "XX000 failed to add tuple",
        "XX000 failed to restore block image",
        "XX000 btree_xlog_delete_get_latestRemovedXid: cannot operate with inconsistent data",
        "XX000 brin_xlog_insert_update: failed to add tuple",
        "XX000 relmap_redo: wrong size 3 in relmap update record",
        "22023 \"/pgproof/data\" is not a valid data directory"
      })
  void damageInDataFilesRefutes(String said) {
    assertThat(gaveUp(said).reason()).isEqualTo(Reason.RECOVERY_FAILED);
  }

  @Test
  void anAbsentSegmentIsMissing() {
    assertThat(
            gaveUp(
                    "58P01 could not open file \"pg_wal/000000010000000000000002\": No such file or directory")
                .reason())
        .isEqualTo(Reason.WAL_MISSING);
  }

  /** Each of them looks like one of the above but for the error, which is the machine's. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "58030 could not read block 3 in file \"base/5/1259\": Input/output error | ENVIRONMENT",
        "XX000 could not open file \"global/pg_filenode.map\": Stale file handle | ENVIRONMENT",
        "XX000 could not read file \"global/pg_control\": Connection timed out | ENVIRONMENT",
        "XX000 could not open directory \"pg_commit_ts\": Transport endpoint is not connected | ENVIRONMENT",
        "42501 could not open file \"base/5/1259\": Operation not permitted | ENVIRONMENT",
        "42501 could not fsync file \"base/5/1259\": Read-only file system | ENVIRONMENT",
        "53000 could not open file \"base/5/1259\": Too many open files in system | ENVIRONMENT",
        "58030 could not fsync file \"pg_wal/000000010000000000000002\": I/O error | ENVIRONMENT",
        "58030 could not access status of transaction 1 | ENVIRONMENT",
        "58000 could not read from log segment | ENVIRONMENT",
        "XX000 could not fork startup process: Resource temporarily unavailable | ENVIRONMENT",
        "53100 could not extend file \"base/5/1259\": wrote only 4096 of 8192 bytes at block 3 | DISK_FULL",
        "XX000 could not write to file \"pg_wal/xlogtemp.36\": Disk quota exceeded | DISK_FULL",
        "53200 out of memory | OUT_OF_MEMORY",
        "53200 could not open file \"base/5/1259\": Cannot allocate memory | OUT_OF_MEMORY",
        "53100 could not resize shared memory segment \"/PostgreSQL.1\" to 1 bytes: No space left on device | OUT_OF_MEMORY",
        "53200 out of shared memory | ENVIRONMENT",
        "53200 maximum number of prepared transactions reached | ENVIRONMENT",
        "42883 could not find function \"x\" in file \"/usr/lib/x.so\" | LIBRARY_MISSING",
        "22023 could not create locale \"de_DE\": No such file or directory | COLLATION_MISMATCH"
      })
  void errorsOfTheMachineExplainTheSameMessages(String said, Reason reason) {
    Finding finding = gaveUp(said);
    assertThat(finding.reason()).isEqualTo(reason);
    assertThat(finding).returns(Verdict.INCONCLUSIVE, Finding::verdict);
  }

  @ParameterizedTest
  @CsvSource({
    "No such file or directory, INCONSISTENT",
    "Permission denied, ENVIRONMENT",
    "Input/output error, ENVIRONMENT",
    "Cannot allocate memory, OUT_OF_MEMORY"
  })
  void aControlFileThatTheMachineWithholdsIsNotMissing(String error, Reason reason) {
    RecoveryLog log = new RecoveryLog();
    log.add("postgres: could not find the database system");
    log.add("Expected to find it in the directory \"/pgproof/data\",");
    log.add("but could not open file \"/pgproof/data/global/pg_control\": " + error);
    assertThat(RecoveryFailure.of(log, expected(1300), PostgresVersion.V15, false).reason())
        .isEqualTo(reason);
  }

  @Test
  void anotherBuildOfPostgresqlIsNotTheBackupsFault() throws IOException {
    assertThat(
            RecoveryFailure.of(log(15, "other-version"), expected(1300), PostgresVersion.V15, false)
                .reason())
        .isEqualTo(Reason.VERSION_UNSUPPORTED);
  }

  @Test
  void onlySegmentsBehindTheEndOfReplayCountAsNotReached() {
    for (String last :
        new String[] {
          "000000010000000000000004", "000000010000000000000005", "000000020000000000000009"
        }) {
      assertThat(bringing(last).bringsWalAfter(Lsn.parse("0/4800000"))).as(last).isFalse();
    }
    assertThat(bringing("000000010000000000000006").bringsWalAfter(Lsn.parse("0/4800000")))
        .isTrue();
    assertThat(bringing("000000010000000000000005").bringsWalAfter(Lsn.parse("0/4000000")))
        .isTrue();
    assertThat(bringing("000000010000000100000001").bringsWalAfter(Lsn.parse("0/FF800000")))
        .isTrue();
    assertThat(bringing("000000010000000100000000").bringsWalAfter(Lsn.parse("0/FF800000")))
        .isFalse();
  }

  private static RecoveryExpectation bringing(String lastSegment) {
    RecoveryExpectation expected = expected(1300);
    return new RecoveryExpectation(
        expected.label(), expected.control(), Optional.empty(), Optional.of(lastSegment));
  }

  @Test
  void anEndWithoutAMessageIsNotTheBackupsFault() {
    assertThat(
            RecoveryFailure.of(new RecoveryLog(), expected(1300), PostgresVersion.V15, false)
                .reason())
        .isEqualTo(Reason.ENVIRONMENT);
  }

  @Test
  void aRefusedClientDoesNotExplainAnEnd() {
    RecoveryLog log = new RecoveryLog();
    log.add("2026-11-22 20:12:15.620 UTC [36] XX000 FATAL:  WAL ends before end of online backup");
    log.add("2026-11-22 20:12:15.621 UTC [40] 57P03 FATAL:  the database system is shutting down");
    assertThat(RecoveryFailure.of(log, expected(1300), PostgresVersion.V15, false).reason())
        .isEqualTo(Reason.WAL_MISSING);
  }

  static RecoveryLog log(int version, String name) throws IOException {
    RecoveryLog log = new RecoveryLog();
    ServerLog file = new ServerLog(LOGS.resolve(version + "/" + name + ".log"));
    while (file.read(log::add)) {
      Thread.onSpinWait();
    }
    return log;
  }

  private static PostgresVersion version(int major) {
    return PostgresVersion.of(major).orElseThrow();
  }

  private static int controlVersion(int major) {
    return major == 17 ? 1700 : 1300;
  }

  static RecoveryExpectation expected(int controlVersion) {
    Lsn start = Lsn.parse("0/2000028");
    return new RecoveryExpectation(
        new Label(
            start,
            "000000010000000000000002",
            Lsn.parse("0/2000060"),
            Instant.EPOCH,
            "",
            OptionalInt.of(1),
            false,
            Optional.empty(),
            OptionalInt.empty()),
        new ControlFile(
            "1",
            controlVersion,
            start,
            Instant.EPOCH,
            1,
            100,
            8,
            10,
            0,
            64,
            8192,
            131_072,
            16 << 20,
            true),
        Optional.of(Lsn.parse("0/5000000")),
        Optional.empty());
  }
}
