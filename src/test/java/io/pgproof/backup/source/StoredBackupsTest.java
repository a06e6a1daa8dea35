package io.pgproof.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.restore.CraftedBackup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredBackupsTest {
  @TempDir Path directory;

  @Test
  void allBackupsOfADirectoryAreListedTheNewestFirst() throws Exception {
    CraftedBackup older = crafted("a-older", "2026-11-23 03:00:00");
    older.write();
    CraftedBackup newer = crafted("b-newer", "2026-11-24 03:00:00");
    newer.write();
    Files.createDirectory(directory.resolve("nothing"));
    Files.createFile(
        crafted("c-copied", "2026-11-25 03:00:00")
            .write()
            .directory
            .resolve(".base.tar.gz.a1B2c3"));

    List<StoredBackup> stored = NewestBackup.listAt(directory);

    assertThat(stored)
        .extracting(backup -> backup.directory().getFileName().toString())
        .containsExactly("c-copied", "b-newer", "a-older");
    assertThat(stored.get(0).objection())
        .hasValueSatisfying(why -> assertThat(why).contains("incomplete"));
    assertThat(stored.get(1).objection()).isEmpty();
    assertThat(stored.get(2).startTime()).isEqualTo(Instant.parse("2026-11-23T03:00:00Z"));
  }

  /** What a run records of a backup, and what a quick look sees of it, must be the same. */
  @Test
  void aQuickLookSeesWhatAnInspectionSees() throws Exception {
    CraftedBackup backup = crafted("one", "2026-11-24 03:00:00").write();
    BackupIdentity inspected = Backups.inspect(backup.find());

    assertThat(NewestBackup.listAt(backup.directory))
        .singleElement()
        .satisfies(
            stored -> {
              assertThat(stored.directory()).isEqualTo(backup.directory);
              assertThat(stored.startLsn())
                  .isEqualTo(Optional.of(inspected.label().startLsn().toString()));
              assertThat(stored.startTime()).isEqualTo(inspected.label().startTime());
            });
  }

  @Test
  void aDirectoryThatIsNotThereIsAnError() {
    assertThatThrownBy(() -> NewestBackup.listAt(directory.resolve("nowhere")))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(directory).isEmptyDirectory();
  }

  private CraftedBackup crafted(String name, String startTime) throws IOException {
    CraftedBackup backup = new CraftedBackup(directory.resolve(name));
    backup.files.put(
        "backup_label",
        CraftedBackup.utf8(CraftedBackup.LABEL.replace("2026-11-22 19:52:14", startTime)));
    return backup;
  }
}
