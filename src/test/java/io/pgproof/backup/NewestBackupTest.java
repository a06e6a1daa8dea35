package io.pgproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestBackupTest {
  @TempDir Path directory;

  @Test
  void theStartTimeDecidesAndNeitherNameNorTimeOfWriting() throws Exception {
    CraftedBackup newest = crafted("a-first-by-name", "2026-11-24 03:00:00");
    newest.write();
    Files.setLastModifiedTime(newest.directory, FileTime.from(Instant.EPOCH));
    crafted("z-last-by-name", "2026-11-23 03:00:00").write();
    crafted("plain", "2026-11-22 03:00:00").writePlain();
    Files.createDirectory(directory.resolve("nothing"));
    Files.createFile(directory.resolve("notes.txt"));
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(newest.directory);
    assertThat(chosen.choice()).contains(new Choice(directory, 3, true, List.of()));
  }

  @Test
  void whatIsNamedItselfIsNotChosen() throws Exception {
    CraftedBackup backup = crafted("one", "2026-11-24 03:00:00").write();

    assertThat(backup.find().choice()).isEmpty();
  }

  @Test
  void unfinishedUnreadableAndRefusedOnesAreSkippedAndNamed() throws Exception {
    CraftedBackup whole = crafted("1-whole", "2026-11-20 03:00:00").write();
    Files.createFile(crafted("2-copied", "2026-11-21 03:00:00").write().directory.resolve(".base.tar.gz.a1B2c3"));
    byte[] cut = Files.readAllBytes(crafted("3-cut", "2026-11-22 03:00:00").write().base());
    Files.write(directory.resolve("3-cut/base.tar.gz"), Arrays.copyOf(cut, 40));
    Files.createFile(crafted("4-server", "2026-11-23 03:00:00").writePlain().directory.resolve("postmaster.pid"));
    CraftedBackup running = crafted("5-running", "2026-11-24 03:00:00");
    running.manifest = false;
    running.write();
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(whole.directory);
    Choice choice = chosen.choice().orElseThrow();
    assertThat(choice.of()).isEqualTo(5);
    assertThat(choice.skipped()).hasSize(4);
    assertThat(choice.skipped().get(0)).startsWith("2-copied: ").contains("a1B2c3, which is not finished");
    assertThat(choice.skipped().get(1)).startsWith("3-cut: ").contains("ends at byte 40");
    assertThat(choice.skipped().get(2)).startsWith("4-server: ").contains("postmaster.pid");
    assertThat(choice.skipped().get(3)).startsWith("5-running: ").contains("no backup_manifest");
  }

  @Test
  void whereNoneHasAManifestNoneIsUnfinishedForTheLackOfIt() throws Exception {
    for (String day : new String[] {"20", "21"}) {
      CraftedBackup backup = crafted(day, "2026-11-" + day + " 03:00:00");
      backup.manifest = false;
      backup.write();
    }

    assertThat(Backups.find(directory).directory()).isEqualTo(directory.resolve("21"));
  }

  @Test
  void aLinkToTheLatestDoesNotCountTwice() throws Exception {
    CraftedBackup backup = crafted("2026-11-24", "2026-11-24 03:00:00").write();
    Files.createSymbolicLink(directory.resolve("0-latest"), backup.directory);
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(backup.directory);
    assertThat(chosen.choice().orElseThrow().of()).isEqualTo(1);
  }

  @Test
  void whereNoneIsWholeTheNewestSaysWhatItLacks() throws Exception {
    crafted("old", "2026-11-20 03:00:00").write();
    Files.delete(directory.resolve("old/base.tar.gz"));
    Files.setLastModifiedTime(directory.resolve("old"), FileTime.from(Instant.parse("2026-11-20T03:00:00Z")));
    crafted("new", "2026-11-24 03:00:00").write();
    Files.move(directory.resolve("new/pg_wal.tar.gz"), directory.resolve("new/pg_wal.tar.gz.partial"));
    Backup chosen = Backups.find(directory);

    assertThat(chosen.directory()).isEqualTo(directory.resolve("new"));
    assertThat(chosen.choice().orElseThrow().whole()).isFalse();
    Found.expect(Reason.BACKUP_IN_PROGRESS, "pg_wal.tar.gz.partial", () -> Backups.inspect(chosen));
  }

  @Test
  void whereNothingLooksLikeABackupNothingIs() throws Exception {
    Files.createDirectories(directory.resolve("holidays/2026"));

    UsageException refusal = catchThrowableOfType(UsageException.class, () -> Backups.find(directory));
    assertThat(refusal.reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(refusal).hasMessageContaining("holds nothing that looks like a base backup");
  }

  private CraftedBackup crafted(String name, String startTime) throws IOException {
    CraftedBackup backup = new CraftedBackup(directory.resolve(name));
    backup.files.put("backup_label", CraftedBackup.utf8(CraftedBackup.LABEL.replace("2026-11-22 19:52:14", startTime)));
    return backup;
  }
}
