package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.format.BackupIdentity;
import io.pgproof.backup.format.BackupLabel;
import io.pgproof.backup.format.CraftedPages;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.source.Backup;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupsTest {
  @TempDir Path directory;

  @Test
  void aMissingPathIsAUsageError() {
    assertThat(refusal(directory.resolve("nothing")).finding().reason())
        .isEqualTo(Reason.NO_SUCH_PATH);
  }

  @Test
  void aFileInsteadOfADirectoryIsAUsageError() throws Exception {
    assertThat(refusal(Files.createFile(directory.resolve("base.tar.gz"))))
        .hasMessageContaining("is not a directory");
  }

  @Test
  void anEmptyDirectoryIsNotABackup() {
    UsageException refusal = refusal(directory);
    assertThat(refusal.finding().reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(refusal).hasMessageEndingWith("is empty");
  }

  @ParameterizedTest
  @CsvSource({
    "notes.txt, nothing that looks like a base backup",
    "PG_VERSION, not a base backup",
    "16385.tar.gz, nothing that looks like a base backup",
  })
  void filesThatAreNoBackupAreNamed(String file, String words) throws Exception {
    Files.createFile(directory.resolve(file));
    UsageException refusal = refusal(directory);

    assertThat(refusal.finding().reason()).isEqualTo(Reason.NOT_A_BACKUP);
    assertThat(refusal).hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource({
    "base.tar.xz, compressed with xz, decompress",
    "base.tbz2, compressed with bzip2, decompress",
    "base.tar.gz.gpg, encrypted with OpenPGP, decrypt",
    "shop_base-2026-11-30.tar.age, encrypted with age, decrypt",
    "base.tar.gz.enc, encrypted, decrypt",
    "base.tar.gz.aa, split, join",
    "base.tar.001, split, join",
    "base.tar.zst.part1, split, join",
    "base.zip, zip archive, decompress",
    "base.7z, 7-Zip, decompress",
  })
  void anUnsupportedArchiveIsNotTheBackupsFault(String file, String words, String remedy)
      throws Exception {
    Files.createFile(directory.resolve(file));
    Files.createFile(directory.resolve("backup_manifest"));

    Finding finding = ExpectedFinding.by(() -> Backups.inspect(Backups.find(directory)));
    assertThat(finding.reason()).as(finding.message()).isEqualTo(Reason.FORMAT_UNSUPPORTED);
    assertThat(finding.message()).contains(file).contains(words);
    assertThat(finding.hint()).contains(remedy);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pg_wal.tar.xz", "backup_manifest.bz2", "16385.tar.gz.gpg"})
  void anUnsupportedPartIsNotMissing(String file) throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.files.put(
        "tablespace_map", CraftedBackup.utf8(file.startsWith("16385") ? "16385 /srv/a\n" : ""));
    backup.manifest = !file.startsWith("backup_manifest");
    if (file.startsWith("pg_wal")) {
      backup.wal.clear();
    }
    backup.write();
    Files.createFile(backup.directory.resolve(file));

    ExpectedFinding.expect(Reason.FORMAT_UNSUPPORTED, file, () -> Backups.inspect(backup.find()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base.tar.gz", "pg_wal.tar.gz"})
  void anUnsupportedFormatIsRecognizedByTheFirstBytes(String name) throws Exception {
    for (String magic :
        new String[] {
          "BZh91AY&SY",
          "\u00fd7zXZ\0\0",
          "Salted__12345678",
          "age-encryption.org/v1\n",
          "\u0085\u0002\u000c\u0003abc",
          "\u008c\r\u0004\u0009\u0003",
          "7z\u00bc\u00af'\u001c",
          "PK\u0003\u0004"
        }) {
      CraftedBackup backup =
          new CraftedBackup(directory.resolve("backup" + magic.hashCode())).write();
      Files.write(backup.directory.resolve(name), magic.getBytes(StandardCharsets.ISO_8859_1));

      ExpectedFinding.expect(Reason.FORMAT_UNSUPPORTED, name, () -> backup.restore());
    }
  }

  @Test
  void aTruncatedArchiveBesideItsEncryptedCopyIsStillTruncated() throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup")).write();
    Files.createFile(backup.directory.resolve("base.tar.gz.gpg"));
    Files.write(backup.base(), Arrays.copyOf(Files.readAllBytes(backup.base()), 300));

    ExpectedFinding.expect(Reason.ARCHIVE_TRUNCATED, "base.tar.gz", () -> backup.restore());
  }

  @ParameterizedTest
  @CsvSource({
    "base.tgz, pg_wal.tgz, backup_manifest",
    "base.tar.gzip, pg_wal.tar.gz, backup_manifest.gz",
    "base-2026-11-30.tar.gz, pg_wal-2026-11-30.tar.gz, backup_manifest-2026-11-30",
    "shop_base.tar.gz, shop_pg_wal.tar.gz, shop_backup_manifest",
    "shop.base_2.tgz, pg_wal.tar.gz, backup_manifest",
    "backup.tar.gz, pg_wal.tar.gz, backup_manifest",
  })
  void customFileNamesAreRecognized(String base, String wal, String manifest) throws Exception {
    CraftedBackup backup = named(base, wal, manifest);

    RestoredBackup restoredBackup = backup.restore();
    assertThat(restoredBackup.checks())
        .extracting(Check::outcome)
        .containsOnly(Check.Outcome.PASSED);
    assertThat(restoredBackup.manifestSha256())
        .contains(
            CraftedBackup.hex(
                CraftedBackup.digest(
                    "SHA-256", Files.readAllBytes(backup.directory.resolve(manifest)))));
  }

  @Test
  void anotherManifestUnderACustomNameIsAMismatch() throws Exception {
    CraftedBackup backup = named("shop_base.tgz", "shop_pg_wal.tgz", "shop_backup_manifest.gz");
    backup.files.put("base/5/1259", CraftedPages.of(2));
    Files.write(
        backup.directory.resolve("shop_backup_manifest.gz"),
        CraftedBackup.gzip(CraftedBackup.utf8(backup.manifest(""))));

    ExpectedFinding.expect(Reason.MANIFEST_MISMATCH, "base/5/1259", () -> backup.restore());
  }

  private CraftedBackup named(String base, String wal, String manifest) throws IOException {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup")).write();
    byte[] text = Files.readAllBytes(backup.directory.resolve("backup_manifest"));
    Files.delete(backup.directory.resolve("backup_manifest"));
    Files.write(
        backup.directory.resolve(manifest),
        manifest.endsWith(".gz") ? CraftedBackup.gzip(text) : text);
    Files.move(backup.base(), backup.directory.resolve(base));
    Files.move(
        backup.walArchive(), backup.directory.resolve(wal), StandardCopyOption.REPLACE_EXISTING);
    return backup;
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void theFirstBytesDecideTheCompressionAndAWrongNameIsNoted(Compression compression)
      throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.coding = compression;
    backup.write();
    Path other =
        backup.directory.resolve(compression == Compression.LZ4 ? "base.tar" : "base.tar.lz4");
    Files.move(backup.base(), other);

    assertThat(backup.restore().notes())
        .anyMatch(note -> note.startsWith(other.getFileName() + " is not compressed as"));
  }

  @ParameterizedTest
  @CsvSource({
    "base-1.tar.gz, base-2.tar.gz",
    "base.tar.gz, base.tgz",
    "one_base.tar, two_base.tar"
  })
  void twoBasesWithSimilarNamesAreAmbiguous(String one, String other) throws Exception {
    Files.createFile(directory.resolve(one));
    Files.createFile(directory.resolve(other));

    assertThat(refusal(directory)).hasMessageContaining("not clear which one");
  }

  @Test
  void aTarWithAnyNameBesideAManifestMayBeTheBase() throws Exception {
    Files.createFile(directory.resolve("nightly.tar.gz"));
    Files.createFile(directory.resolve("backup_manifest"));

    ExpectedFinding.expect(
        Reason.FORMAT_UNSUPPORTED,
        "nightly.tar.gz",
        () -> Backups.inspect(Backups.find(directory)));
  }

  @Test
  void aCompressedAndAnUncompressedBaseAreAmbiguous() throws Exception {
    Files.createFile(directory.resolve("base.tar"));
    Files.createFile(directory.resolve("base.tar.gz"));

    assertThat(refusal(directory)).hasMessageContaining("not clear which one");
  }

  @Test
  void aBackupWithOnlyWalIsIncomplete() throws Exception {
    Files.createFile(directory.resolve("pg_wal.tar.gz"));
    Backup found = Backups.find(directory);

    ExpectedFinding.expect(Reason.BACKUP_INCOMPLETE, "no base.tar", () -> Backups.inspect(found));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "base.tar.gz.partial",
        "backup_manifest.tmp",
        ".base.tar.gz.tmp",
        ".base.tar.gz.a1B2c3",
        "pg_wal.tar.gz.tmp"
      })
  void aPartialFileMeansInProgress(String unfinished) throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup")).write();
    Files.createFile(backup.directory.resolve(unfinished));

    ExpectedFinding.expect(
        Reason.BACKUP_IN_PROGRESS, unfinished, () -> Backups.inspect(backup.find()));
  }

  @Test
  void allFieldsOfTheLabelAreRead() throws Exception {
    BackupIdentity.Label label =
        Backups.inspect(new CraftedBackup(directory.resolve("backup")).write().find()).label();

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
  void theZoneOfTheStartTimeIsRead(String zone, String expected) {
    byte[] label = CraftedBackup.utf8(CraftedBackup.LABEL.replace(" UTC", " " + zone));

    assertThat(BackupLabel.parse(label, "base.tar").startTime()).hasToString(expected);
  }

  @Test
  void aLabelBeforeVersion11HasNoTimeline() {
    byte[] label = CraftedBackup.utf8(CraftedBackup.LABEL.replace("START TIMELINE: 1\n", ""));

    assertThat(BackupLabel.parse(label, "base.tar").timeline()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"START WAL LOCATION", "CHECKPOINT LOCATION", "START TIME"})
  void aLabelWithoutARequiredLineIsInconsistent(String line) {
    byte[] label = CraftedBackup.utf8(CraftedBackup.LABEL.replace(line + ":", "SOMETHING ELSE:"));

    ExpectedFinding.expect(Reason.INCONSISTENT, line, () -> BackupLabel.parse(label, "base.tar"));
  }

  @Test
  void anIncrementalBackupWithoutItsAncestorsIsIncomplete() {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.files.put(
        "backup_label",
        CraftedBackup.utf8(CraftedBackup.LABEL + "INCREMENTAL FROM LSN: 0/900028\n"));
    backup.write();

    ExpectedFinding.expect(
        Reason.BACKUP_INCOMPLETE, "incremental", () -> Backups.inspect(backup.find()));
  }

  @Test
  void theWalArchiveGivesTheVersionIfTheBackupDoesNot() throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.wal.clear();
    backup.files.put("PG_VERSION", CraftedBackup.utf8("14\n"));
    backup.write();
    Path archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(CraftedBackup.SEGMENT), CraftedBackup.segment(1));

    assertThat(Backups.inspect(backup.find(), Optional.of(archive)).version())
        .isEqualTo(PostgresVersion.V15);
    assertThat(Backups.inspect(backup.find()).version()).isEqualTo(PostgresVersion.V14);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9.6", "19", "fifteen"})
  void anUnknownVersionIsNamed(String version) throws Exception {
    CraftedBackup backup = new CraftedBackup(directory.resolve("backup"));
    backup.wal.clear();
    backup.files.put("PG_VERSION", CraftedBackup.utf8(version + "\n"));
    backup.write();

    ExpectedFinding.expect(
        Reason.VERSION_UNSUPPORTED, version, () -> Backups.inspect(backup.find()));
  }

  private static UsageException refusal(Path path) {
    return catchThrowableOfType(UsageException.class, () -> Backups.find(path));
  }
}
