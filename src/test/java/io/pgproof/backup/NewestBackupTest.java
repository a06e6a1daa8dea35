package io.pgproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.OutputStream;
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
import org.junit.jupiter.params.provider.ValueSource;

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
    assertThat(choice.skipped()).hasSize(4)
        .anyMatch(skipped -> skipped.startsWith("2-copied: ") && skipped.contains("a1B2c3, which is not finished"))
        .anyMatch(skipped -> skipped.startsWith("3-cut: ") && skipped.contains("ends at byte 40"))
        .anyMatch(skipped -> skipped.startsWith("4-server: ") && skipped.contains("postmaster.pid"))
        .anyMatch(skipped -> skipped.startsWith("5-running: ") && skipped.contains("no backup_manifest"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatIsOpenForWritingIsSkipped(boolean plain) throws Exception {
    CraftedBackup whole = crafted("whole", "2026-11-20 03:00:00").write();
    CraftedBackup begun = crafted("begun", "2026-11-24 03:00:00");
    Path written = plain ? begun.writePlain().directory.resolve("base/5/1259") : begun.write().base();
    try (OutputStream writer = Files.newOutputStream(written, StandardOpenOption.APPEND)) {
      Thread.sleep(20);
      writer.write(0);
      Choice choice = Backups.find(directory).choice().orElseThrow();

      assertThat(choice.skipped()).singleElement().asString().startsWith("begun: ").contains("open for writing by process");
    }
    assertThat(Backups.find(directory).directory()).isEqualTo(begun.directory).isNotEqualTo(whole.directory);
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
