package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.source.Backup;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainBackupTest {
  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
    backup.files.remove("tablespace_map");
  }

  @Test
  void everyFileIsRestoredUnchangedAndTheBackupStaysUnchanged() throws Exception {
    Map<String, String> before = looksOf(backup.writePlain().directory);
    Backup found = backup.find();
    BackupIdentity identity = Backups.inspect(found);
    AtomicLong left = new AtomicLong(-1);
    RestoredBackup restoredBackup =
        Backups.restore(
            found,
            identity,
            backup.order(Optional.empty()),
            (done, total, note) -> left.set(total - done));

    for (Map.Entry<String, byte[]> file : backup.files.entrySet()) {
      assertThat(Files.readAllBytes(backup.data().resolve(file.getKey())))
          .isEqualTo(file.getValue());
      assertThat(Files.getAttribute(backup.data().resolve(file.getKey()), "unix:uid"))
          .isEqualTo(CraftedBackup.UID);
    }
    assertThat(backup.data().resolve("pg_wal/" + CraftedBackup.SEGMENT))
        .hasBinaryContent(CraftedBackup.segment(1));
    assertThat(found.format().word()).isEqualTo("plain");
    assertThat(identity.version()).isEqualTo(PostgresVersion.V15);
    assertThat(restoredBackup.archives()).isEmpty();
    assertThat(restoredBackup.manifestSha256()).isPresent();
    assertThat(restoredBackup.lastWalSegment()).contains(CraftedBackup.SEGMENT);
    assertThat(restoredBackup.checks())
        .extracting(Check::outcome)
        .containsOnly(Check.Outcome.PASSED);
    assertThat(restoredBackup.checks().get(0).detail())
        .contains("8 files")
        .contains("none changed");
    assertThat(restoredBackup.checks().get(1).detail()).isEqualTo("4 files, CRC32C");
    assertThat(left).hasValue(0);
    assertThat(looksOf(backup.directory)).isEqualTo(before);
  }

  @Test
  void aFileThatDiffersFromTheManifestIsNamed() throws Exception {
    backup.writePlain();
    byte[] content = backup.files.get("base/5/1259").clone();
    content[9000] ^= 1;
    Files.write(backup.directory.resolve("base/5/1259"), content);

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "base/5/1259 does not match backup_manifest",
        () -> backup.restore());
  }

  @Test
  void aMissingFileAndAnExtraFileAreNamed() throws Exception {
    backup.writePlain();
    Files.delete(backup.directory.resolve("base/5/1259"));
    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "base/5/1259 is in backup_manifest but not in the backup",
        () -> backup.restore());

    CraftedBackup other = new CraftedBackup(directory.resolve("other/backup")).writePlain();
    Files.createFile(other.directory.resolve("base/5/9999"));
    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH, "base/5/9999 is in the backup but not in", () -> other.restore());
  }

  @Test
  void aServersDataDirectoryIsNotABaseBackup() throws Exception {
    Files.createFile(backup.writePlain().directory.resolve("postmaster.pid"));
    UsageException running = catchThrowableOfType(UsageException.class, () -> backup.find());
    assertThat(running.finding().reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(running).hasMessageContaining("server that runs or crashed");
    assertThat(running.finding().hint()).contains("pg_basebackup");

    Files.delete(backup.directory.resolve("postmaster.pid"));
    Files.delete(backup.directory.resolve("backup_label"));
    UsageException stopped = catchThrowableOfType(UsageException.class, () -> backup.find());
    assertThat(stopped.finding().reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(stopped).hasMessageContaining("no backup_label");
    assertThat(stopped.finding().hint()).contains("pg_basebackup");
  }

  @Test
  void archivesBesideADataDirectoryAreAmbiguous() throws Exception {
    Files.createFile(backup.writePlain().directory.resolve("base.tar.lz4"));

    assertThat(catchThrowableOfType(UsageException.class, () -> backup.find()))
        .hasMessageContaining("not clear");
  }

  @Test
  void aLabelThatIsALinkIsNotRead() throws Exception {
    Path label = backup.writePlain().directory.resolve("backup_label");
    Files.delete(label);
    Files.createSymbolicLink(label, Path.of("/etc/passwd"));

    ExpectedFinding.expect(Reason.UNSAFE_ARCHIVE, "not a regular file", () -> backup.restore());
  }

  @Test
  void walBehindALinkIsFollowed() throws Exception {
    Path wal = Files.createDirectory(directory.resolve("fast"));
    moveAndLink(backup.writePlain().directory.resolve("pg_wal"), wal.resolve("wal"));

    assertThat(backup.restore().lastWalSegment()).contains(CraftedBackup.SEGMENT);
    assertThat(Files.isDirectory(backup.data().resolve("pg_wal"), LinkOption.NOFOLLOW_LINKS))
        .isTrue();
    assertThat(backup.data().resolve("pg_wal/" + CraftedBackup.SEGMENT))
        .hasBinaryContent(CraftedBackup.segment(1));
  }

  @Test
  void aDanglingLinkToWalIsIncomplete() throws Exception {
    Path wal = directory.resolve("wal-of-the-source");
    moveAndLink(backup.writePlain().directory.resolve("pg_wal"), wal);
    Files.move(wal, directory.resolve("elsewhere"));

    ExpectedFinding.expect(Reason.BACKUP_INCOMPLETE, wal.toString(), () -> backup.restore());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pg_wal", "pg_tblspc/16385"})
  void aPlantedLinkDoesNotRestoreFilesOfTheHost(String link) throws Exception {
    backup.manifest = false;
    backup.wal.clear();
    backup.writePlain();
    Files.createDirectories(backup.directory.resolve("pg_tblspc"));
    Files.deleteIfExists(backup.directory.resolve("pg_wal/archive_status"));
    Files.deleteIfExists(backup.directory.resolve(link));
    Files.createSymbolicLink(backup.directory.resolve(link), Path.of("/etc"));

    ExpectedFinding.expect(Reason.UNSAFE_ARCHIVE, link + " points to /etc", () -> backup.restore());
    assertThat(backup.data()).doesNotExist();
  }

  @Test
  void aFileWrittenDuringTheReadIsAChange() throws Exception {
    Backup found = backup.writePlain().find();
    BackupIdentity identity = Backups.inspect(found);
    AtomicBoolean touched = new AtomicBoolean();

    Finding finding =
        ExpectedFinding.by(
            () ->
                Backups.restore(
                    found,
                    identity,
                    backup.order(Optional.empty()),
                    (done, total, note) -> {
                      if (touched.compareAndSet(false, true)) {
                        touch(backup.directory.resolve("base/5/1259"));
                      }
                    }));
    assertThat(finding.reason()).isEqualTo(Reason.BACKUP_CHANGED);
    assertThat(finding.message()).contains("base/5");
  }

  @Test
  void aFileWrittenInPlaceWithItsTimeSetBackIsAChange() throws Exception {
    Backup found = backup.writePlain().find();
    BackupIdentity identity = Backups.inspect(found);
    Path file = backup.directory.resolve("base/5/1259");
    AtomicBoolean written = new AtomicBoolean();

    Finding finding =
        ExpectedFinding.by(
            () ->
                Backups.restore(
                    found,
                    identity,
                    backup.order(Optional.empty()),
                    (done, total, note) -> {
                      if (written.compareAndSet(false, true)) {
                        writeInPlace(file);
                      }
                    }));
    assertThat(finding.reason()).isEqualTo(Reason.BACKUP_CHANGED);
    assertThat(finding.message()).contains("base/5");
  }

  private static void writeInPlace(Path file) {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      Files.write(file, Files.readAllBytes(file));
      Files.setLastModifiedTime(file, modified);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"added", "removed", "replaced"})
  void aDirectoryThatChangesWhileItIsReadIsAChange(String how) throws Exception {
    backup.manifest = false;
    backup.files.put("base/5/zzz", new byte[10]);
    Backup found = backup.writePlain().find();
    BackupIdentity identity = Backups.inspect(found);
    AtomicBoolean done = new AtomicBoolean();

    ExpectedFinding.expect(
        Reason.BACKUP_CHANGED,
        "",
        () ->
            Backups.restore(
                found,
                identity,
                backup.order(Optional.empty()),
                (read, total, note) -> {
                  if (done.compareAndSet(false, true)) {
                    change(backup.directory.resolve("base/5/zzz"), how);
                  }
                }));
  }

  @Test
  void aDamagedBackupThatIsStillBeingWrittenIsInProgress() throws Exception {
    backup.writePlain();
    Path control = backup.directory.resolve("global/pg_control");
    // Times of files are as coarse as the kernel's tick.
    Thread.sleep(20);
    try (OutputStream writer = Files.newOutputStream(control)) {
      writer.write(1);

      ExpectedFinding.expect(
          Reason.BACKUP_IN_PROGRESS,
          "pg_control is open for writing by process " + ProcessHandle.current().pid(),
          () -> backup.restore());
    }
  }

  @Test
  void aTemporaryManifestMeansInProgress() throws Exception {
    backup.writePlain();
    Files.move(
        backup.directory.resolve("backup_manifest"),
        backup.directory.resolve("backup_manifest.tmp"));

    ExpectedFinding.expect(
        Reason.BACKUP_IN_PROGRESS, "backup_manifest.tmp", () -> backup.restore());
  }

  @Test
  void theArchiveGivesTheVersionIfThereIsNoWal() throws Exception {
    backup.wal.clear();
    backup.writePlain();
    Path archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(CraftedBackup.SEGMENT), CraftedBackup.segment(1));

    ExpectedFinding.expect(Reason.BACKUP_INCOMPLETE, "no WAL", () -> backup.restore());
    Files.delete(backup.data().resolve("PG_VERSION"));
    CraftedBackup again = new CraftedBackup(directory.resolve("again/backup"));
    again.files.remove("tablespace_map");
    again.wal.clear();
    assertThat(again.writePlain().restore(Optional.of(archive)).identity().version())
        .isEqualTo(PostgresVersion.V15);
  }

  private static void moveAndLink(Path from, Path to) throws IOException {
    Files.move(from, to);
    Files.createSymbolicLink(from, to);
  }

  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void change(Path file, String how) {
    try {
      switch (how) {
        case "added" -> Files.createFile(file.resolveSibling("fresh"));
        case "removed" -> Files.delete(file);
        default -> {
          Path other = Files.write(file.resolveSibling("other"), new byte[10]);
          Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
          Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything that a write would change. */
  private static Map<String, String> looksOf(Path directory) throws IOException {
    Map<String, String> looks = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.toList()) {
        Map<String, Object> stamp =
            Files.readAttributes(path, "unix:ino,size,mode,uid,gid,lastModifiedTime,ctime");
        looks.put(path.toString(), new TreeMap<>(stamp).toString());
      }
    }
    return looks;
  }
}
