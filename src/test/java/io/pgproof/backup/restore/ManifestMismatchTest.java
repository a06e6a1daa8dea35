package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.format.Manifest;
import io.pgproof.proof.Check;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestMismatchTest {
  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CRC32C", "SHA224", "SHA256", "SHA384", "SHA512"})
  void eachAlgorithmFindsAChangedFile(String algorithm) throws Exception {
    backup.algorithm = algorithm;
    assertThat(backup.write().restore().checks().get(1).detail())
        .isEqualTo("5 files, " + algorithm);

    CraftedBackup changed = new CraftedBackup(directory.resolve("changed/backup"));
    changed.algorithm = algorithm;
    changed.write();
    changed.files.get("base/5/1259")[8192] ^= 1;
    rewriteBase(changed);

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "base/5/1259 does not match backup_manifest",
        () -> changed.restore());
  }

  @Test
  void sizesAreComparedIfThereAreNoChecksums() throws Exception {
    backup.algorithm = "NONE";
    RestoredBackup restoredBackup = backup.write().restore();

    assertThat(restoredBackup.checks().get(1).outcome()).isEqualTo(Check.Outcome.PASSED);
    assertThat(restoredBackup.notChecked()).anyMatch(text -> text.contains("only their sizes"));
  }

  @Test
  void aFileOfAnotherSizeIsNamed() throws Exception {
    backup.write();
    backup.files.put("PG_VERSION", CraftedBackup.utf8("15\n\n"));
    rewriteBase(backup);

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH, "PG_VERSION has 4 bytes", () -> backup.restore());
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    backup.write();
    backup.files.remove("base/5/1259");
    rewriteBase(backup);

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "base/5/1259 is in backup_manifest but not in the backup",
        () -> backup.restore());
  }

  @Test
  void anExtraFileIsNamed() throws Exception {
    backup.write();
    backup.files.put("base/5/9999", new byte[8192]);
    rewriteBase(backup);

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "base/5/9999 is in the backup but not in",
        () -> backup.restore());
  }

  @Test
  void filesWrittenByPgBasebackupAreNotCompared() throws Exception {
    backup.write();
    backup.files.put("postgresql.auto.conf", CraftedBackup.utf8("primary_conninfo = ''\n"));
    backup.files.put("standby.signal", new byte[0]);
    rewriteBase(backup);

    assertThat(backup.restore().checks().get(1).outcome()).isEqualTo(Check.Outcome.PASSED);
  }

  @Test
  void aChangedManifestIsFoundByItsOwnChecksum() throws Exception {
    backup.write();
    rewriteManifest(backup.manifest("").replace("19:52:14", "19:52:15"));

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH, "does not match its own checksum", () -> backup.restore());
  }

  @Test
  void aCutManifestIsFound() throws Exception {
    String whole = backup.write().manifest("");
    rewriteManifest(whole.substring(0, whole.length() / 2));

    ExpectedFinding.expect(Reason.MANIFEST_MISMATCH, "cannot be parsed", () -> backup.restore());
  }

  @Test
  void anyByteCutFromTheManifestIsFound() {
    String whole = backup.manifest("");
    for (int length = 0; length < whole.length(); length++) {
      byte[] cut = CraftedBackup.utf8(whole.substring(0, length));
      ExpectedFinding.expect(
          Reason.MANIFEST_MISMATCH, "backup_manifest", () -> Manifest.parse(cut));
    }
  }

  @Test
  void manifestVersion2NamesTheCluster() throws Exception {
    backup.write();
    rewriteManifest(
        CraftedBackup.signed(
            backup
                .manifest("")
                .replace("Version\": 1", "Version\": 2")
                .replace("\"Files\"", "\"System-Identifier\": 17711087764238077124,\n\"Files\"")
                .replaceAll("(?s)\"Manifest-Checksum.*", "")));

    assertThat(Manifest.read(backup.directory.resolve("backup_manifest")).systemIdentifier())
        .contains("17711087764238077124");
    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH, "17711087764238077124", () -> backup.restore());
  }

  @Test
  void anEncodedPathIsDecodedToTheSameBytes() {
    Manifest manifest =
        Manifest.parse(
            CraftedBackup.utf8(
                CraftedBackup.signed(
                    backup
                        .manifest("")
                        .replace("\"Path\": \"PG_VERSION\"", "\"Encoded-Path\": \"50475fff\"")
                        .replaceAll("(?s)\"Manifest-Checksum.*", ""))));

    int place = manifest.files().find("PG_\u00ff");
    assertThat(place).isNotNegative();
    assertThat(manifest.files().name(place)).isEqualTo("PG_\u00ff");
    assertThat(manifest.files().find("PG_VERSION")).isNegative();
  }

  @Test
  void aLaterManifestVersionIsNotTheBackupsFault() throws Exception {
    backup.write();
    rewriteManifest(
        CraftedBackup.signed(
            backup
                .manifest("")
                .replace("Version\": 1", "Version\": 3")
                .replaceAll("(?s)\"Manifest-Checksum.*", "")));

    ExpectedFinding.expect(Reason.VERSION_UNSUPPORTED, "version 3", () -> backup.restore());
  }

  private void rewriteManifest(String text) throws IOException {
    Files.writeString(backup.directory.resolve("backup_manifest"), text);
  }

  private static void rewriteBase(CraftedBackup backup) throws IOException {
    Files.write(backup.base(), backup.packed(backup.baseTar()));
  }
}
