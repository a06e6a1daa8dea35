package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.source.Backup;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RestoreTest {
  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyFileIsRestoredUnchangedWithOwnerAndMode(Compression compression) throws Exception {
    backup.coding = compression;
    AtomicLong reported = new AtomicLong();
    Backup found = backup.write().find();
    BackupIdentity identity = Backups.inspect(found);
    RestoredBackup restoredBackup =
        Backups.restore(
            found,
            identity,
            backup.order(Optional.empty()),
            (done, total, note) -> reported.set(total - done));

    for (Map.Entry<String, byte[]> file : backup.files.entrySet()) {
      Path path = backup.data().resolve(file.getKey());
      assertThat(Files.readAllBytes(path)).isEqualTo(file.getValue());
      assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(CraftedBackup.UID);
      assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(CraftedBackup.GID);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    Path wal = backup.data().resolve("pg_wal");
    assertThat(Files.readAllBytes(wal.resolve(CraftedBackup.SEGMENT)))
        .isEqualTo(CraftedBackup.segment(1));
    assertThat(wal.resolve("archive_status/" + CraftedBackup.SEGMENT + ".done")).isEmptyFile();
    assertThat(Files.getAttribute(wal.resolve("archive_status"), "unix:uid"))
        .isEqualTo(CraftedBackup.UID);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(wal)))
        .isEqualTo("rwx------");

    assertThat(identity.version()).isEqualTo(PostgresVersion.V15);
    assertThat(identity.systemIdentifier()).contains(restoredBackup.control().systemIdentifier());
    assertThat(restoredBackup.lastWalSegment()).contains(CraftedBackup.SEGMENT);
    assertThat(restoredBackup.endLsn()).contains(Lsn.parse("0/1900000"));
    assertThat(restoredBackup.archives().get(0).sha256())
        .isEqualTo(
            CraftedBackup.hex(CraftedBackup.digest("SHA-256", Files.readAllBytes(backup.base()))));
    assertThat(restoredBackup.archives().get(1).sha256())
        .isEqualTo(
            CraftedBackup.hex(
                CraftedBackup.digest("SHA-256", Files.readAllBytes(backup.walArchive()))));
    assertThat(restoredBackup.checks())
        .extracting(Check::name)
        .containsExactly("archive", "manifest", "pages");
    assertThat(restoredBackup.checks())
        .extracting(Check::outcome)
        .containsOnly(Check.Outcome.PASSED);
    assertThat(restoredBackup.checks().get(1).detail()).isEqualTo("5 files, CRC32C");
    assertThat(reported).hasValue(0);
  }

  @Test
  void everyMemberOfAGzipIsRead() throws Exception {
    backup.write();
    byte[] tar = backup.walTar();
    Files.write(backup.walArchive(), new byte[0]);
    for (int from = 0; from < tar.length; from += 1 << 20) {
      Files.write(
          backup.walArchive(),
          CraftedBackup.gzip(Arrays.copyOfRange(tar, from, Math.min(from + (1 << 20), tar.length))),
          StandardOpenOption.APPEND);
    }
    backup.restore();

    assertThat(backup.data().resolve("pg_wal/archive_status/" + CraftedBackup.SEGMENT + ".done"))
        .exists();
  }

  @Test
  void theReportSaysWhatIsNotCheckedWithoutAManifest() throws Exception {
    backup.manifest = false;
    RestoredBackup restoredBackup = backup.write().restore();

    assertThat(restoredBackup.checks().get(1).outcome()).isEqualTo(Check.Outcome.SKIPPED);
    assertThat(restoredBackup.notChecked().get(0)).endsWith("because there is no backup_manifest");
    assertThat(restoredBackup.endLsn()).isEmpty();
  }

  @Test
  void walInTheBaseCountsAsPartOfTheBackup() throws Exception {
    backup.wal.clear();
    backup.write();
    backup.files.put("pg_wal/" + CraftedBackup.SEGMENT, CraftedBackup.segment(1));
    Files.write(backup.base(), backup.packed(backup.baseTar()));

    assertThat(backup.restore().lastWalSegment()).contains(CraftedBackup.SEGMENT);
  }

  @Test
  void aBackupWithoutWalAndArchiveIsIncomplete() {
    backup.wal.clear();
    backup.write();

    ExpectedFinding.expect(Reason.BACKUP_INCOMPLETE, "no WAL", () -> backup.restore());
  }

  @Test
  void aMissingSegmentIsNamed() {
    backup.endLsn = "0/3000100";
    backup.wal.put("000000010000000000000003", CraftedBackup.segment(3));
    backup.write();

    ExpectedFinding.expect(Reason.WAL_MISSING, "000000010000000000000002", () -> backup.restore());
  }

  @Test
  void aGapInTheWalIsFoundWithoutAManifest() {
    backup.manifest = false;
    backup.wal.put("000000010000000000000003", CraftedBackup.segment(3));
    backup.write();

    ExpectedFinding.expect(Reason.WAL_MISSING, "000000010000000000000002", () -> backup.restore());
  }

  @Test
  void aControlFileFromBeforeTheBackupIsInconsistent() {
    backup.files.put(
        "backup_label", CraftedBackup.utf8(CraftedBackup.LABEL.replace("0/1000060", "0/1800000")));
    backup.write();

    ExpectedFinding.expect(
        Reason.INCONSISTENT, "pg_control is older than the backup", () -> backup.restore());
  }

  @Test
  void aControlFileFromAfterTheBackupIsInconsistent() {
    backup.endLsn = "0/1700000";
    backup.write();

    ExpectedFinding.expect(
        Reason.INCONSISTENT, "pg_control is newer than the backup", () -> backup.restore());
  }

  @Test
  void aSegmentOfALaterTimelineIsInconsistent() {
    backup.wal.get(CraftedBackup.SEGMENT)[4] = 2;
    backup.write();

    ExpectedFinding.expect(
        Reason.INCONSISTENT, "was written on timeline 2", () -> backup.restore());
  }

  @Test
  void aBackupEndingAtASegmentsLastByteNeedsNoFurtherSegment() throws Exception {
    backup.endLsn = "0/2000000";

    assertThat(backup.write().restore().endLsn()).contains(Lsn.parse("0/2000000"));
  }

  @Test
  void theArchiveSuppliesMissingWal() throws Exception {
    backup.wal.clear();
    backup.write();
    Path archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(CraftedBackup.SEGMENT), CraftedBackup.segment(1));

    assertThat(backup.restore(Optional.of(archive)).lastWalSegment()).isEmpty();
  }

  @Test
  void anArchiveThatIsNotYetCompleteMeansInProgress() throws Exception {
    backup.wal.clear();
    backup.write();
    Path archive = Files.createDirectory(directory.resolve("archive"));

    ExpectedFinding.expect(
        Reason.BACKUP_IN_PROGRESS,
        CraftedBackup.SEGMENT,
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void anArchiveWithAGapLacksWal() throws Exception {
    backup.wal.clear();
    backup.write();
    Path archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve("000000010000000000000002"), CraftedBackup.segment(2));

    ExpectedFinding.expect(
        Reason.WAL_MISSING, CraftedBackup.SEGMENT, () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aWalArchiveInAnUnknownCompressionIsNotTheBackupsFault() throws Exception {
    backup.wal.clear();
    backup.write();
    Path archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(CraftedBackup.SEGMENT + ".xz"), new byte[1]);

    ExpectedFinding.expect(
        Reason.WAL_UNREADABLE,
        CraftedBackup.SEGMENT + ".xz",
        () -> backup.restore(Optional.of(archive)));
  }

  @Test
  void aShortSegmentIsMissingWal() {
    backup.wal.put(CraftedBackup.SEGMENT, Arrays.copyOf(CraftedBackup.segment(1), 1 << 20));
    backup.write();

    ExpectedFinding.expect(
        Reason.WAL_MISSING, "1048576 bytes instead of 16777216", () -> backup.restore());
  }

  @Test
  void walOfAnotherClusterIsInconsistent() {
    byte[] foreign = CraftedBackup.segment(1);
    foreign[24] ^= 1;
    backup.wal.put(CraftedBackup.SEGMENT, foreign);
    backup.write();

    ExpectedFinding.expect(Reason.INCONSISTENT, "two backups are mixed", () -> backup.restore());
  }

  @Test
  void aSegmentUnderAnothersNameIsFound() {
    backup.wal.put(CraftedBackup.SEGMENT, CraftedBackup.segment(2));
    backup.write();

    ExpectedFinding.expect(
        Reason.INCONSISTENT, "contains the WAL of 0/2000000", () -> backup.restore());
  }

  @Test
  void differentVersionsInBaseAndWalAreInconsistent() {
    backup.files.put("PG_VERSION", CraftedBackup.utf8("14\n"));
    backup.write();

    ExpectedFinding.expect(Reason.INCONSISTENT, "PG_VERSION says 14", () -> backup.restore());
  }

  @Test
  void aBaseWithoutAControlFileIsIncomplete() {
    backup.files.remove("global/pg_control");
    backup.write();

    ExpectedFinding.expect(
        Reason.BACKUP_INCOMPLETE, "contains no file global/pg_control", () -> backup.restore());
  }

  @Test
  void aTablespaceWithoutItsArchiveIsIncomplete() {
    backup.files.put("tablespace_map", CraftedBackup.utf8("16385 /srv/space\n"));
    backup.write();

    ExpectedFinding.expect(Reason.BACKUP_INCOMPLETE, "tablespace_map", () -> backup.restore());
  }

  @Test
  void anArchiveWrittenSinceInspectionHasChanged() throws Exception {
    Backup found = backup.write().find();
    BackupIdentity identity = Backups.inspect(found);
    Files.write(backup.base(), new byte[1], StandardOpenOption.APPEND);

    ExpectedFinding.expect(
        Reason.BACKUP_CHANGED,
        "after its inspection",
        () ->
            Backups.restore(
                found, identity, backup.order(Optional.empty()), (done, total, note) -> {}));
  }

  @Test
  void anArchiveTouchedDuringTheReadHasChanged() throws Exception {
    Backup found = backup.write().find();
    BackupIdentity identity = Backups.inspect(found);

    ExpectedFinding.expect(
        Reason.BACKUP_CHANGED,
        "base.tar.gz",
        () ->
            Backups.restore(
                found,
                identity,
                backup.order(Optional.empty()),
                (done, total, note) -> touch(backup.base())));
  }

  @Test
  void anArchiveWrittenInPlaceWithItsTimeSetBackHasChanged() throws Exception {
    Backup found = backup.write().find();
    BackupIdentity identity = Backups.inspect(found);

    ExpectedFinding.expect(
        Reason.BACKUP_CHANGED,
        "base.tar.gz",
        () ->
            Backups.restore(
                found,
                identity,
                backup.order(Optional.empty()),
                (done, total, note) -> writeInPlace(backup.base())));
  }

  /** As a copier does that keeps times. */
  private static void writeInPlace(Path file) {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      Files.write(file, Files.readAllBytes(file));
      Files.setLastModifiedTime(file, modified);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aTruncatedArchiveThatIsOpenForWritingIsInProgress() throws Exception {
    byte[] whole = Files.readAllBytes(backup.write().base());
    Files.delete(backup.base());
    try (OutputStream writer = Files.newOutputStream(backup.base())) {
      writer.write(whole, 0, whole.length / 2);
      writer.flush();

      ExpectedFinding.expect(
          Reason.BACKUP_IN_PROGRESS,
          "open for writing by process " + ProcessHandle.current().pid(),
          () -> backup.restore());
    }
  }

  @Test
  void aFullDiskIsNotTheBackupsFault() throws Exception {
    Backup found = backup.write().find();
    BackupIdentity identity = Backups.inspect(found);
    RestoreRequest greedy =
        new RestoreRequest(
            backup.places(),
            CraftedBackup.UID,
            CraftedBackup.GID,
            Optional.empty(),
            new DiskSpace(Long.MAX_VALUE / 2, Optional.empty()),
            true);

    ExpectedFinding.expect(
        Reason.DISK_FULL,
        "are free",
        () -> Backups.restore(found, identity, greedy, (done, total, note) -> {}));
  }

  @Test
  void aBackupLargerThanTheLimitIsRefusedBeforeTheFirstByte() throws Exception {
    Backup found = backup.write().find();

    Finding finding =
        ExpectedFinding.by(
            () ->
                Backups.restore(
                    found, Backups.inspect(found), boundedTo(8 << 20), (done, total, note) -> {}));
    assertThat(finding.reason()).isEqualTo(Reason.DISK_FULL);
    assertThat(finding.message())
        .startsWith("the backup needs ")
        .endsWith("the setting disk allows the run 8,388,608");
    assertThat(finding.hint()).contains("raise the target's setting disk", "--disk");
    assertThat(backup.data()).isEmptyDirectory();
  }

  @Test
  void aBackupOfUnknownSizeIsStoppedAtTheLimit() throws Exception {
    backup.manifest = false;
    backup.files.put("base/5/big", new byte[8 << 20]);
    Backup found = backup.write().find();

    ExpectedFinding.expect(
        Reason.DISK_FULL,
        "the run wrote more than 4,194,304 bytes to",
        () ->
            Backups.restore(
                found, Backups.inspect(found), boundedTo(4 << 20), (done, total, note) -> {}));
  }

  private RestoreRequest boundedTo(long bytes) {
    return new RestoreRequest(
        backup.places(),
        CraftedBackup.UID,
        CraftedBackup.GID,
        Optional.empty(),
        new DiskSpace(1 << 20, Optional.of(bytes)),
        true);
  }

  @Test
  void anInterruptEndsBothWorkers() throws Exception {
    Backup found = backup.write().find();
    BackupIdentity identity = Backups.inspect(found);
    Thread caller = Thread.currentThread();

    assertThatThrownBy(
            () ->
                Backups.restore(
                    found,
                    identity,
                    backup.order(Optional.empty()),
                    (done, total, note) -> {
                      caller.interrupt();
                      sleep();
                    }))
        .isInstanceOf(InterruptedException.class);
    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("restore-")));
  }

  private static void sleep() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
