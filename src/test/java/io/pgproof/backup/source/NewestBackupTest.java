package io.pgproof.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewestBackupTest {
  @TempDir Path directory;

  @Test
  void theStartTimeDecidesAndNotTheNameOrTheFileTime() throws Exception {
    CraftedBackup newest = crafted("a-first-by-name", "2026-11-24 03:00:00");
    newest.write();
    Files.setLastModifiedTime(newest.directory, FileTime.from(Instant.EPOCH));
    crafted("z-last-by-name", "2026-11-23 03:00:00").write();
    crafted("plain", "2026-11-22 03:00:00").writePlain();
    Files.createDirectory(directory.resolve("nothing"));
    Files.createFile(directory.resolve("notes.txt"));
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(newest.directory);
    assertThat(chosen.choice()).contains(new BackupSelection(directory, 3, true, List.of()));
  }

  @Test
  void aBackupThatIsNamedIsNotAChoice() throws Exception {
    CraftedBackup backup = crafted("one", "2026-11-24 03:00:00").write();

    assertThat(backup.find().choice()).isEmpty();
  }

  @Test
  void unfinishedAndRefusedBackupsAreSkippedAndNamed() throws Exception {
    CraftedBackup whole = crafted("1-whole", "2026-11-20 03:00:00").write();
    Files.createFile(
        crafted("2-copied", "2026-11-21 03:00:00")
            .write()
            .directory
            .resolve(".base.tar.gz.a1B2c3"));
    Files.createFile(
        crafted("4-server", "2026-11-23 03:00:00")
            .writePlain()
            .directory
            .resolve("postmaster.pid"));
    CraftedBackup running = crafted("5-running", "2026-11-24 03:00:00");
    running.manifest = false;
    running.write();
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(whole.directory);
    BackupSelection backupSelection = chosen.choice().orElseThrow();
    assertThat(backupSelection.of()).isEqualTo(4);
    assertThat(backupSelection.skipped())
        .hasSize(3)
        .anyMatch(
            skipped ->
                skipped.startsWith("2-copied: ") && skipped.contains("a1B2c3, which is incomplete"))
        .anyMatch(skipped -> skipped.startsWith("4-server: ") && skipped.contains("postmaster.pid"))
        .anyMatch(
            skipped -> skipped.startsWith("5-running: ") && skipped.contains("no backup_manifest"));
  }

  @ParameterizedTest
  @CsvSource({
    "cut, ARCHIVE_TRUNCATED",
    "rubbish, ARCHIVE_CORRUPT",
    "no base, BACKUP_INCOMPLETE",
    "no tablespace, BACKUP_INCOMPLETE",
    "no label, INCONSISTENT",
    "an unreadable label, INCONSISTENT"
  })
  void aDamagedNewestBackupIsChosen(String how, Reason reason) throws Exception {
    crafted("1-whole", "2026-11-20 03:00:00").write();
    CraftedBackup newest = crafted("2-damaged", "2026-11-24 03:00:00");
    newest.files.put(
        "tablespace_map",
        CraftedBackup.utf8(how.equals("no tablespace") ? "16385 /srv/space\n" : ""));
    switch (how) {
      case "no label" -> newest.files.remove("backup_label");
      case "an unreadable label" ->
          newest.files.put("backup_label", CraftedBackup.utf8("START TIME: now\n"));
      default -> {}
    }
    newest.write();
    switch (how) {
      case "cut" ->
          Files.write(newest.base(), Arrays.copyOf(Files.readAllBytes(newest.base()), 40));
      case "rubbish" -> Files.writeString(newest.base(), "see the other disk");
      case "no base" -> Files.delete(newest.base());
      default -> {}
    }
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(newest.directory);
    assertThat(chosen.choice()).contains(new BackupSelection(directory, 2, true, List.of()));
    ExpectedFinding.expect(reason, "", () -> Backups.inspect(chosen));
    assertThat(Backups.snapshot(directory).orElseThrow().directory())
        .as("under watch too")
        .isEqualTo(newest.directory);
  }

  @Test
  void anOlderDamagedBackupIsNotChosenByItsFileTime() throws Exception {
    CraftedBackup damaged = at("damaged", "2026-11-24 03:00:00", 1).write();
    Files.writeString(damaged.base(), "see the other disk");
    CraftedBackup whole = at("whole", "2026-11-24 04:00:00", 2).write();
    Files.setLastModifiedTime(
        damaged.directory, FileTime.from(Instant.parse("2027-01-01T00:00:00Z")));

    assertThat(Backups.find(directory).directory()).isEqualTo(whole.directory);
  }

  @Test
  void thePositionDecidesBetweenBackupsOfOneCluster() throws Exception {
    CraftedBackup later = at("later", "2026-11-01 01:10:00 MST", 2).write();
    at("earlier", "2026-11-01 01:30:00 MDT", 1).write();
    at("plain-earlier", "2026-11-01 01:50:00 BST", 1).writePlain();

    assertThat(Backups.find(directory).directory()).isEqualTo(later.directory);
  }

  @Test
  void aLaterTimelineIsNewerAtAnEarlierPosition() throws Exception {
    CraftedBackup promoted = at("promoted", "2026-11-24 03:00:00", 1);
    promoted.files.put(
        "backup_label",
        CraftedBackup.utf8(
            new String(promoted.files.get("backup_label"), StandardCharsets.UTF_8)
                .replace("file 00000001", "file 00000002")));
    promoted.write();
    at("before", "2026-11-24 04:00:00", 2).write();

    assertThat(Backups.find(directory).directory()).isEqualTo(promoted.directory);
  }

  @Test
  void theStartTimeDecidesBetweenBackupsOfTwoClusters() throws Exception {
    CraftedBackup other = at("other", "2026-11-23 03:00:00", 9);
    byte[] segment = other.wal.get(CraftedBackup.SEGMENT);
    segment[24] ^= 1;
    other.write();
    CraftedBackup newest = at("newest", "2026-11-24 03:00:00", 1).write();

    assertThat(Backups.find(directory).directory()).isEqualTo(newest.directory);
  }

  @Test
  void nestedDirectoriesAreSearched() throws Exception {
    crafted("weekly/1", "2026-11-20 03:00:00").write();
    CraftedBackup newest = crafted("daily/november/24", "2026-11-24 03:00:00").writePlain();
    Files.createFile(
        crafted("daily/november/25", "2026-11-25 03:00:00")
            .write()
            .directory
            .resolve(".base.tar.gz.a1B2c3"));
    crafted(".hidden", "2026-11-26 03:00:00").write();
    crafted("daily/.hidden/1", "2026-11-26 03:00:00").write();
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(newest.directory);
    assertThat(chosen.choice().orElseThrow().of()).isEqualTo(3);
    assertThat(chosen.choice().orElseThrow().skipped())
        .singleElement()
        .asString()
        .startsWith("daily/november/25: ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBackupThatIsOpenForWritingIsSkipped(boolean plain) throws Exception {
    CraftedBackup whole = crafted("whole", "2026-11-20 03:00:00").write();
    CraftedBackup begun = crafted("begun", "2026-11-24 03:00:00");
    Path written =
        plain ? begun.writePlain().directory.resolve("base/5/1259") : begun.write().base();
    try (OutputStream writer = Files.newOutputStream(written, StandardOpenOption.APPEND)) {
      Thread.sleep(20);
      writer.write(0);
      BackupSelection backupSelection = Backups.find(directory).choice().orElseThrow();

      assertThat(backupSelection.skipped())
          .singleElement()
          .asString()
          .startsWith("begun: ")
          .contains("open for writing by process");
    }
    assertThat(Backups.find(directory).directory())
        .isEqualTo(begun.directory)
        .isNotEqualTo(whole.directory);
  }

  @Test
  void aMissingManifestIsNoFlawIfNoBackupHasOne() throws Exception {
    for (String day : new String[] {"20", "21"}) {
      CraftedBackup backup = crafted(day, "2026-11-" + day + " 03:00:00");
      backup.manifest = false;
      backup.write();
    }

    assertThat(Backups.find(directory).directory()).isEqualTo(directory.resolve("21"));
  }

  @Test
  void aLinkToTheNewestBackupDoesNotCountTwice() throws Exception {
    CraftedBackup backup = crafted("2026-11-24", "2026-11-24 03:00:00").write();
    Files.createSymbolicLink(directory.resolve("0-latest"), backup.directory);
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(backup.directory);
    assertThat(chosen.choice().orElseThrow().of()).isEqualTo(1);
  }

  @Test
  void theNewestUnfinishedBackupSaysWhatItLacks() throws Exception {
    crafted("old", "2026-11-20 03:00:00").write();
    Files.move(directory.resolve("old/base.tar.gz"), directory.resolve("old/base.tar.gz.partial"));
    Files.setLastModifiedTime(
        directory.resolve("old"), FileTime.from(Instant.parse("2026-11-20T03:00:00Z")));
    crafted("new", "2026-11-24 03:00:00").write();
    Files.move(
        directory.resolve("new/pg_wal.tar.gz"), directory.resolve("new/pg_wal.tar.gz.partial"));
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(directory.resolve("new"));
    assertThat(chosen.choice().orElseThrow().whole()).isFalse();
    ExpectedFinding.expect(
        Reason.BACKUP_IN_PROGRESS, "pg_wal.tar.gz.partial", () -> Backups.inspect(chosen));
  }

  @Test
  void aDirectoryWithoutBackupsIsNotABackup() throws Exception {
    Files.createDirectories(directory.resolve("holidays/2026"));

    UsageException refusal =
        catchThrowableOfType(UsageException.class, () -> Backups.find(directory));
    assertThat(refusal.finding().reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(refusal).hasMessageContaining("contains nothing that looks like a base backup");
  }

  /** Begins in the log's segment of this number. */
  private CraftedBackup at(String name, String startTime, int number) throws IOException {
    CraftedBackup backup = crafted(name, startTime);
    backup.files.put(
        "backup_label",
        CraftedBackup.utf8(
            new String(backup.files.get("backup_label"), StandardCharsets.UTF_8)
                .replace(
                    "0/1000028 (file 000000010000000000000001)",
                    "0/" + number + "000028 (file 00000001000000000000000" + number + ")")
                .replace(startTime + " UTC", startTime)));
    backup.startLsn = "0/" + number + "000028";
    return backup;
  }

  private CraftedBackup crafted(String name, String startTime) throws IOException {
    CraftedBackup backup = new CraftedBackup(directory.resolve(name));
    backup.files.put(
        "backup_label",
        CraftedBackup.utf8(CraftedBackup.LABEL.replace("2026-11-22 19:52:14", startTime)));
    return backup;
  }
}
