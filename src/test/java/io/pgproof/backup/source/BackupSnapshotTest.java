package io.pgproof.backup.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.CraftedBackup;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupSnapshotTest {
  @TempDir Path place;

  @Test
  void aCompleteBackupHasTheSameSnapshotEachTime() throws Exception {
    CraftedBackup backup = new CraftedBackup(place.resolve("backup")).write();
    BackupSnapshot seen = Backups.snapshot(backup.directory).orElseThrow();
    assertThat(Backups.snapshot(backup.directory)).contains(seen);
    assertThat(seen.directory()).isEqualTo(backup.directory);
    assertThat(seen.manifest()).isTrue();
    assertThat(seen.identity()).startsWith("0/1000028 2026-11-22T19:52:14Z ");
    assertThat(seen.bytes()).isEqualTo(Backups.inspect(backup.find()).bytes());
  }

  @Test
  void aTouchedFileChangesTheSnapshotOfAPlainBackup() throws Exception {
    CraftedBackup backup = new CraftedBackup(place.resolve("backup")).writePlain();
    BackupSnapshot seen = Backups.snapshot(backup.directory).orElseThrow();
    assertThat(Backups.snapshot(backup.directory)).contains(seen);
    Files.setLastModifiedTime(
        backup.directory.resolve("base/5/1259"), FileTime.from(Instant.EPOCH));
    assertThat(Backups.snapshot(backup.directory).orElseThrow())
        .isNotEqualTo(seen)
        .satisfies(other -> assertThat(other.identity()).isEqualTo(seen.identity()));
  }

  @Test
  void aGrowingBackupHasAnotherSnapshot() throws Exception {
    CraftedBackup backup = new CraftedBackup(place.resolve("backup")).write();
    BackupSnapshot seen = Backups.snapshot(backup.directory).orElseThrow();
    Files.write(backup.walArchive(), new byte[] {0}, StandardOpenOption.APPEND);
    assertThat(Backups.snapshot(backup.directory).orElseThrow().identity())
        .isNotEqualTo(seen.identity());
  }

  @Test
  void aMissingOrUnfinishedBackupHasNoSnapshot() throws Exception {
    assertThat(Backups.snapshot(place.resolve("missing"))).isEmpty();
    assertThat(Backups.snapshot(Files.createDirectory(place.resolve("empty")))).isEmpty();
    CraftedBackup backup = new CraftedBackup(place.resolve("backup")).write();
    Path manifest = backup.directory.resolve("backup_manifest");
    Path unfinished = backup.directory.resolve("backup_manifest.tmp");
    Files.move(manifest, unfinished);
    assertThat(Backups.snapshot(backup.directory))
        .as("the manifest is written last, and renamed")
        .isEmpty();
    Files.move(unfinished, manifest, StandardCopyOption.ATOMIC_MOVE);
    assertThat(Backups.snapshot(backup.directory)).isPresent();
    try (OutputStream writer = Files.newOutputStream(backup.base(), StandardOpenOption.APPEND)) {
      writer.flush();
      assertThat(Backups.snapshot(backup.directory)).as("open for writing").isEmpty();
    }
  }

  @Test
  void aBackupWithAMissingPartIsIdentifiedByItsFiles() throws Exception {
    CraftedBackup backup = new CraftedBackup(place.resolve("backup")).write();
    Files.delete(backup.base());
    CraftedBackup plain = new CraftedBackup(place.resolve("plain")).writePlain();
    Files.createDirectories(plain.directory.resolve("pg_tblspc"));
    Files.createSymbolicLink(plain.directory.resolve("pg_tblspc/16385"), Path.of("/no/such/space"));
    for (Path directory : List.of(backup.directory, plain.directory)) {
      BackupSnapshot seen = Backups.snapshot(directory).orElseThrow();
      assertThat(Backups.snapshot(directory)).contains(seen);
      assertThat(seen.identity()).startsWith(directory + " ");
      assertThat(seen.manifest()).isFalse();
    }
  }

  @Test
  void aBackupWithoutALabelIsIdentifiedByItsFiles() throws Exception {
    CraftedBackup backup = new CraftedBackup(place.resolve("backup")).write();
    Files.writeString(backup.base(), "this is no archive");
    BackupSnapshot seen = Backups.snapshot(backup.directory).orElseThrow();
    assertThat(seen.label()).isEmpty();
    assertThat(seen.identity()).startsWith(backup.directory + " ");
    Files.setLastModifiedTime(backup.base(), FileTime.from(Instant.EPOCH));
    assertThat(Backups.snapshot(backup.directory).orElseThrow().identity())
        .isNotEqualTo(seen.identity());
  }

  @Test
  void theSnapshotIsOfTheNewestFinishedBackup() throws Exception {
    new CraftedBackup(place.resolve("many/monday")).write();
    CraftedBackup tuesday = new CraftedBackup(place.resolve("many/tuesday"));
    tuesday.files.put(
        "backup_label",
        CraftedBackup.utf8(CraftedBackup.LABEL.replace("2026-11-22", "2026-11-23")));
    tuesday.write();
    assertThat(Backups.snapshot(place.resolve("many")).orElseThrow().directory())
        .isEqualTo(tuesday.directory);
    Files.move(
        tuesday.directory.resolve("backup_manifest"),
        tuesday.directory.resolve("backup_manifest.tmp"));
    assertThat(Backups.snapshot(place.resolve("many")).orElseThrow().directory().getFileName())
        .hasToString("monday");
  }
}
