package io.pgproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupsTest {
  @TempDir Path directory;

  @Test
  void noSuchPathIsAUsageError() {
    assertThat(refusal(directory.resolve("nothing")).reason()).isEqualTo(Reason.NO_SUCH_PATH);
  }

  @Test
  void fileInPlaceOfItsDirectoryIsAUsageError() throws Exception {
    assertThat(refusal(Files.createFile(directory.resolve("base.tar.gz")))).hasMessageContaining("is not a directory");
  }

  @Test
  void emptyDirectoryIsNoBackup() {
    UsageException refusal = refusal(directory);
    assertThat(refusal.reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(refusal).hasMessageEndingWith("is empty");
  }

  @ParameterizedTest
  @CsvSource({
      "notes.txt, nothing that looks like a base backup",
      "base.tar.xz, compression xz is not known",
      "pg_wal.tar.bz2, compression bz2 is not known",
      "PG_VERSION, no base backup",
      "16385.tar.gz, nothing that looks like a base backup",
  })
  void whatIsNoBackupIsNamed(String file, String words) throws Exception {
    Files.createFile(directory.resolve(file));
    UsageException refusal = refusal(directory);

    assertThat(refusal.reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(refusal).hasMessageContaining(words);
  }

  @Test
  void twoBasesAreAmbiguous() throws Exception {
    Files.createFile(directory.resolve("base.tar"));
    Files.createFile(directory.resolve("base.tar.gz"));

    assertThat(refusal(directory)).hasMessageContaining("not clear which one");
  }

  @Test
  void walAloneIsIncomplete() throws Exception {
    Files.createFile(directory.resolve("pg_wal.tar.gz"));
    Backup found = Backups.find(directory);

    Found.expect(Reason.BACKUP_INCOMPLETE, "no base.tar", () -> Backups.inspect(found));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base.tar.gz.partial", "backup_manifest.tmp", ".base.tar.gz.tmp", ".base.tar.gz.a1B2c3", "pg_wal.tar.gz.tmp"})
  void unfinishedFileBesideIsInProgress(String unfinished) throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup")).write();
    Files.createFile(backup.directory.resolve(unfinished));

    Found.expect(Reason.BACKUP_IN_PROGRESS, unfinished, () -> Backups.inspect(backup.find()));
  }

  @Test
  void labelIsReadWhole() throws Exception {
    BackupIdentity.Label label = Backups.inspect(new CraftedBackup(directory.resolve("backup")).write().find()).label();

    assertThat(label.startLsn()).hasToString("0/1000028");
    assertThat(label.startSegment()).isEqualTo(CraftedBackup.SEGMENT);
    assertThat(label.checkpointLsn()).hasToString("0/1000060");
    assertThat(label.startTime()).hasToString("2026-11-22T19:52:14Z");
    assertThat(label.text()).isEqualTo("nightly");
    assertThat(label.timeline()).hasValue(1);
    assertThat(label.fromStandby()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
      "UTC, 2026-11-22T19:52:14Z", "CET, 2026-11-22T18:52:14Z", "EDT, 2026-11-22T23:52:14Z",
      "+03, 2026-11-22T16:52:14Z", "-0330, 2026-11-22T23:22:14Z", "XYZ, 2026-11-22T19:52:14Z",
  })
  void zoneOfTheStartTimeIsRead(String zone, String expected) {
    byte[] label = CraftedBackup.utf8(CraftedBackup.LABEL.replace(" UTC", " " + zone));

    assertThat(BackupLabel.parse(label, "base.tar").startTime()).hasToString(expected);
  }

  @Test
  void labelBeforeVersionElevenHasNoTimeline() {
    byte[] label = CraftedBackup.utf8(CraftedBackup.LABEL.replace("START TIMELINE: 1\n", ""));

    assertThat(BackupLabel.parse(label, "base.tar").timeline()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"START WAL LOCATION", "CHECKPOINT LOCATION", "START TIME"})
  void labelWithoutAnEssentialLineIsInconsistent(String line) {
    byte[] label = CraftedBackup.utf8(CraftedBackup.LABEL.replace(line + ":", "SOMETHING ELSE:"));

    Found.expect(Reason.INCONSISTENT, line, () -> BackupLabel.parse(label, "base.tar"));
  }

  @Test
  void incrementalBackupWithoutWhatItStandsOnIsIncomplete() {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.files.put("backup_label", CraftedBackup.utf8(CraftedBackup.LABEL + "INCREMENTAL FROM LSN: 0/900028\n"));
    backup.write();

    Found.expect(Reason.BACKUP_INCOMPLETE, "incremental", () -> Backups.inspect(backup.find()));
  }

  @Test
  void versionComesFromTheWalArchiveWhereTheBackupBringsNone() throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.wal.clear();
    backup.files.put("PG_VERSION", CraftedBackup.utf8("14\n"));
    backup.write();
    Path archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(CraftedBackup.SEGMENT), CraftedBackup.segment(1));

    assertThat(Backups.inspect(backup.find(), Optional.of(archive)).postgresMajor()).isEqualTo(15);
    assertThat(Backups.inspect(backup.find()).postgresMajor()).isEqualTo(14);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9.6", "19", "fifteen"})
  void versionThatIsNotKnownIsNamed(String version) throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.wal.clear();
    backup.files.put("PG_VERSION", CraftedBackup.utf8(version + "\n"));
    backup.write();

    Found.expect(Reason.VERSION_UNSUPPORTED, version, () -> Backups.inspect(backup.find()));
  }

  private static UsageException refusal(Path path) {
    return catchThrowableOfType(UsageException.class, () -> Backups.find(path));
  }
}
