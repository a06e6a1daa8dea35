package io.pgproof.backup.restore;

import static org.apache.commons.compress.archivers.tar.TarConstants.LF_SYMLINK;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.archive.TarBytes;
import io.pgproof.backup.format.CraftedPages;
import io.pgproof.proof.Check;
import io.pgproof.proof.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups whose archives somebody packed again, and those that pg_basebackup packed into one. */
class RepackedBackupTest {
  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
  }

  /**
   * Order and names as {@code tar -C DIRECTORY .} gives them, the label somewhere among the others.
   */
  private byte[] repacked(String before) {
    TarBytes tar =
        new TarBytes()
            .of(TarBytes.GNU)
            .member(before, '5', "", new byte[0])
            .member(before + "pg_xact/", '5', "", new byte[0]);
    List<String> names = new ArrayList<>(backup.files.keySet());
    names.remove("backup_label");
    names.add(2, "backup_label");
    for (String name : names) {
      tar.file(before + name, backup.files.get(name));
    }
    return tar.ended();
  }

  @Test
  void theLabelMayBeAnywhereInTheArchive() throws Exception {
    backup.write();
    Files.write(backup.base(), backup.packed(repacked("./")));
    TarBytes wal = new TarBytes().member("./", '5', "", new byte[0]);
    backup.wal.forEach((name, content) -> wal.file("./" + name, content));
    Files.write(backup.walArchive(), backup.packed(wal.ended()));

    assertThat(backup.restore().checks())
        .extracting(Check::outcome)
        .containsOnly(Check.Outcome.PASSED);
  }

  @Test
  void aFileChangedBeforeRepackingIsAMismatch() throws Exception {
    backup.write();
    backup.files.put("base/5/1259", CraftedPages.of(2));
    Files.write(backup.base(), backup.packed(repacked("./")));

    ExpectedFinding.expect(Reason.MANIFEST_MISMATCH, "base/5/1259", () -> backup.restore());
  }

  @Test
  void aWalArchiveMayContainItsDirectory() throws Exception {
    backup.write();
    TarBytes wal = new TarBytes().member("pg_wal/", '5', "", new byte[0]);
    backup.wal.forEach((name, content) -> wal.file("pg_wal/" + name, content));
    Files.write(backup.walArchive(), backup.packed(wal.ended()));
    backup.restore();

    assertThat(backup.data().resolve("pg_wal").resolve(CraftedBackup.SEGMENT))
        .hasSize(CraftedBackup.SEGMENT_SIZE);
  }

  /** A cluster keeps its key and its log elsewhere. */
  @Test
  void aLinkAtTheTopIsNotedAndNotRestored() throws Exception {
    backup
        .with(
            CraftedBackup.entry("server.crt", LF_SYMLINK, "/etc/ssl/certs/server.pem"), new byte[0])
        .write();

    assertThat(backup.restore().notes())
        .contains("symbolic links, neither followed nor restored: server.crt");
    assertThat(backup.data().resolve("server.crt"))
        .satisfies(file -> assertThat(Files.exists(file, LinkOption.NOFOLLOW_LINKS)).isFalse());
  }

  @Test
  void aMemberBehindALinkIsUnsafe() {
    backup
        .with(CraftedBackup.entry("log", LF_SYMLINK, directory.toString()), new byte[0])
        .with(CraftedBackup.file("log/planted", 1), new byte[1])
        .write();

    ExpectedFinding.expect(Reason.UNSAFE_ARCHIVE, "log/planted", () -> backup.restore());
    assertThat(directory.resolve("planted")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "global", "pg_xact", "PG_VERSION"})
  void aLinkInsteadOfDataIsNotPartOfTheBackup(String name) {
    backup.with(CraftedBackup.entry(name, LF_SYMLINK, "/srv/data"), new byte[0]).write();

    ExpectedFinding.expect(Reason.NOT_SELF_CONTAINED, name, () -> backup.restore());
  }

  @Test
  void aDataDirectoryPackedBelowItsNameIsNotTheBackupsFault() throws Exception {
    backup.write();
    Files.write(backup.base(), backup.packed(repacked("nightly/")));

    ExpectedFinding.expect(Reason.FORMAT_UNSUPPORTED, "below nightly", () -> backup.restore());
  }

  /** As {@code pg_basebackup -D - -Ft -X fetch} packs it. */
  private void intoOne(String algorithm) throws Exception {
    backup.algorithm = algorithm;
    backup.manifest = false;
    String manifest = backup.manifest("");
    backup.files.put("pg_wal/" + CraftedBackup.SEGMENT, backup.wal.remove(CraftedBackup.SEGMENT));
    backup.wal.clear();
    backup.files.put("backup_manifest", CraftedBackup.utf8(manifest));
    backup.write();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CRC32C", "SHA256", "NONE"})
  void aManifestInTheArchiveIsCompared(String algorithm) throws Exception {
    intoOne(algorithm);
    RestoredBackup restoredBackup = backup.restore();

    assertThat(restoredBackup.checks().get(1).outcome()).isEqualTo(Check.Outcome.PASSED);
    assertThat(restoredBackup.checks().get(1).detail()).startsWith("5 files");
    assertThat(restoredBackup.endLsn()).isPresent();
    assertThat(restoredBackup.manifestSha256()).isPresent();
  }

  @Test
  void aManifestInTheArchiveFindsAFileThatIsCut() throws Exception {
    intoOne("CRC32C");
    backup.files.put("base/5/1259", CraftedPages.of(2));
    backup.write();

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH, "base/5/1259 has 16384 bytes", () -> backup.restore());
  }

  @Test
  void aManifestInTheArchiveFindsAFileThatIsChanged() throws Exception {
    intoOne("SHA256");
    backup.files.put("PG_VERSION", CraftedBackup.utf8("15 "));
    backup.write();

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "PG_VERSION does not match backup_manifest",
        () -> backup.restore());
  }

  @Test
  void aManifestInTheArchiveFindsAFileThatIsLost() throws Exception {
    intoOne("NONE");
    backup.files.remove("base/5/1259");
    backup.write();

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH,
        "base/5/1259 is in backup_manifest but not",
        () -> backup.restore());
  }

  @Test
  void aManifestInTheArchiveNamesTheNeededWal() throws Exception {
    backup.endLsn = "0/2900000";
    intoOne("CRC32C");

    ExpectedFinding.expect(Reason.WAL_MISSING, "000000010000000000000002", () -> backup.restore());
  }

  @Test
  void aDamagedManifestInTheArchiveIsAMismatch() throws Exception {
    intoOne("CRC32C");
    backup.files.put(
        "backup_manifest",
        CraftedBackup.utf8(
            new String(backup.files.get("backup_manifest"), StandardCharsets.UTF_8)
                .replace("19:52", "19:53")));
    backup.write();

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH, "its own checksum", () -> backup.restore(Optional.empty()));
  }
}
