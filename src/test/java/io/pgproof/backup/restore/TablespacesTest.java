package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.format.TablespaceMap;
import io.pgproof.backup.format.WalPage;
import io.pgproof.backup.wal.WalRecordsTest;
import io.pgproof.proof.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TablespacesTest {
  private static final String FILE = "PG_15_202209061/5/16386";
  private static final byte[] CONTENT = CraftedBackup.pattern(2 * 8192);

  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void tablespacesAreRestoredBesideTheDataDirectoryAndLinked(Compression compression)
      throws Exception {
    RestoredBackup restoredBackup = withTablespaces(compression, "16385", "16390").restore();

    for (String oid : new String[] {"16385", "16390"}) {
      Path link = backup.data().resolve("pg_tblspc").resolve(oid);
      Path beside = backup.places().tablespaces().resolve(oid);
      assertThat(Files.readSymbolicLink(link)).hasToString("/inside/" + oid);
      assertThat(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS))
          .isEqualTo(CraftedBackup.UID);
      assertThat(beside.resolve(FILE)).hasBinaryContent(CONTENT);
      assertThat(Files.getAttribute(beside, "unix:gid")).isEqualTo(CraftedBackup.GID);
    }
    assertThat(restoredBackup.archives()).hasSize(4);
    assertThat(restoredBackup.checks().get(1).detail()).isEqualTo("7 files, CRC32C");
  }

  @Test
  void anEmptyTablespaceBecomesADirectory() throws Exception {
    withTablespaces(Compression.NONE, "16385");
    backup.files.remove("pg_tblspc/16385/" + FILE);
    Files.write(backup.directory.resolve("16385.tar"), tar());
    Files.writeString(backup.directory.resolve("backup_manifest"), backup.manifest(""));
    backup.restore();

    assertThat(backup.places().tablespaces().resolve("16385")).isEmptyDirectory();
  }

  @Test
  void aMappedTablespaceWithoutItsArchiveIsIncomplete() throws Exception {
    withTablespaces(Compression.GZIP, "16385", "16390");
    Files.delete(backup.directory.resolve("16390.tar.gz"));
    backup.manifest = false;
    Files.delete(backup.directory.resolve("backup_manifest"));

    ExpectedFinding.expect(
        Reason.BACKUP_INCOMPLETE,
        "tablespace_map names the tablespace 16390, but its archive 16390.tar is missing",
        () -> backup.restore());
  }

  @Test
  void aTablespaceLinkWithoutItsArchiveIsIncomplete() {
    backup.manifest = false;
    backup
        .with(
            CraftedBackup.entry("pg_tblspc/16385", TarConstants.LF_SYMLINK, "/srv/space"),
            new byte[0])
        .write();

    ExpectedFinding.expect(
        Reason.BACKUP_INCOMPLETE, "base.tar.gz names the tablespace 16385", () -> backup.restore());
  }

  @Test
  void aTablespaceCreatedDuringTheBackupNeedsNoArchive() throws Exception {
    byte[] segment = CraftedBackup.segment(1);
    byte[] created = WalRecordsTest.record(5, 0x00, WalRecordsTest.tablespace(16385, "/srv/space"));
    System.arraycopy(created, 0, segment, WalPage.HEADER, created.length);
    backup.wal.put(CraftedBackup.SEGMENT, segment);
    backup
        .with(
            CraftedBackup.entry("pg_tblspc/16385", TarConstants.LF_SYMLINK, "/srv/space"),
            new byte[0])
        .write();

    assertThat(backup.restore().replay().tablespaces())
        .containsExactly(Map.entry("16385", "/srv/space"));
    assertThat(backup.data().resolve("pg_tblspc/16385")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aForeignTarIsNotATablespace(boolean manifest) throws Exception {
    backup.manifest = manifest;
    backup.write();
    Files.write(backup.directory.resolve("16385.tar"), tar(FILE));
    Files.writeString(backup.directory.resolve("20261130.tar.gz"), "no tar at all");
    RestoredBackup restoredBackup = backup.restore();

    assertThat(restoredBackup.notes())
        .contains(
            "16385.tar contains no tablespace of this backup and was skipped",
            "20261130.tar.gz contains no tablespace of this backup and was skipped");
    assertThat(backup.places().tablespaces()).doesNotExist();
    assertThat(backup.data().resolve("pg_tblspc")).isEmptyDirectory();
  }

  @Test
  void aMappedTablespaceThatIsNoTarIsCorrupt() throws Exception {
    withTablespaces(Compression.GZIP, "16385");
    Files.writeString(backup.directory.resolve("16385.tar.gz"), "no tar at all");

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT, "16385.tar.gz is not a gzip archive", () -> backup.restore());
  }

  @Test
  void aTablespaceInTheManifestButNotInTheMapIsInconsistent() throws Exception {
    backup.manifest = false;
    backup.write();
    Files.write(backup.directory.resolve("16385.tar"), tar(FILE));
    Files.writeString(backup.directory.resolve("backup_manifest"), listing("16385"));

    ExpectedFinding.expect(
        Reason.INCONSISTENT,
        "16385.tar contains a tablespace that base.tar.gz does not list",
        () -> backup.restore());
  }

  @Test
  void onlyTheManifestNamesTheArchiveOfATablespaceInPlace() throws Exception {
    of16();
    backup.manifest = false;
    backup.write();
    Files.write(backup.directory.resolve("16385.tar"), tar(FILE));
    Files.writeString(backup.directory.resolve("backup_manifest"), listing("16385"));
    RestoredBackup restoredBackup = backup.restore();

    assertThat(Files.readSymbolicLink(backup.data().resolve("pg_tblspc/16385")))
        .hasToString("/inside/16385");
    assertThat(backup.places().tablespaces().resolve("16385").resolve(FILE))
        .hasBinaryContent(CONTENT);
    assertThat(restoredBackup.notChecked()).noneMatch(text -> text.contains("16385"));
  }

  @Test
  void theArchiveOfATablespaceInPlaceIsNotCheckedWithoutAManifest() throws Exception {
    of16();
    backup.manifest = false;
    backup.write();
    Files.write(backup.directory.resolve("16385.tar"), tar(FILE));

    assertThat(backup.restore().notChecked())
        .anyMatch(text -> text.startsWith("no file shows whether 16385.tar"));
  }

  @Test
  void aTablespaceInPlaceIsRestoredInPlace() throws Exception {
    backup.files.put("pg_tblspc/16385/" + FILE, CONTENT);
    backup.write().restore();

    assertThat(backup.data().resolve("pg_tblspc/16385").resolve(FILE)).hasBinaryContent(CONTENT);
    assertThat(backup.places().tablespaces()).doesNotExist();
  }

  @Test
  void linksOfAPlainBackupAreFollowed() throws Exception {
    Path space = directory.resolve("space");
    Files.createDirectories(space.resolve(FILE).getParent());
    Files.write(space.resolve(FILE), CONTENT);
    backup.files.remove("tablespace_map");
    backup.writePlain();
    Files.createDirectory(backup.directory.resolve("pg_tblspc"));
    Files.createSymbolicLink(backup.directory.resolve("pg_tblspc/16385"), space);
    backup.files.put("pg_tblspc/16385/" + FILE, CONTENT);
    Files.writeString(backup.directory.resolve("backup_manifest"), backup.manifest(""));
    RestoredBackup restoredBackup = backup.restore();

    assertThat(Files.readSymbolicLink(backup.data().resolve("pg_tblspc/16385")))
        .hasToString("/inside/16385");
    assertThat(backup.places().tablespaces().resolve("16385").resolve(FILE))
        .hasBinaryContent(CONTENT);
    assertThat(restoredBackup.checks().get(1).detail()).isEqualTo("5 files, CRC32C");
  }

  @Test
  void archivesUnpackedByHandAreAPlainBackup() throws Exception {
    backup.files.put("tablespace_map", CraftedBackup.utf8("16385 /srv/space\n"));
    backup.files.put("pg_tblspc/16385/" + FILE, CONTENT);
    backup.writePlain().restore();

    assertThat(Files.readSymbolicLink(backup.data().resolve("pg_tblspc/16385")))
        .hasToString("/inside/16385");
  }

  @Test
  void aDanglingLinkOfAPlainBackupIsIncomplete() throws Exception {
    backup.files.remove("tablespace_map");
    backup.writePlain();
    Files.createDirectory(backup.directory.resolve("pg_tblspc"));
    Files.createSymbolicLink(
        backup.directory.resolve("pg_tblspc/16385"), Path.of("/no/such/space"));

    ExpectedFinding.expect(Reason.BACKUP_INCOMPLETE, "/no/such/space", () -> backup.restore());
  }

  @Test
  void backslashesInTheMapAreDecoded() {
    assertThat(
            TablespaceMap.parse(
                CraftedBackup.utf8("16385 /a b\n16386 /line\\\n16387 /x\\\\\\\ry\n\nrubbish\n")))
        .isEqualTo(Map.of("16385", "/a b", "16386", "/line\n16387 /x\\\ry"));
  }

  private CraftedBackup withTablespaces(Compression compression, String... oids)
      throws IOException {
    backup.coding = compression;
    StringBuilder map = new StringBuilder();
    for (String oid : oids) {
      map.append(oid).append(" /srv/").append(oid).append('\n');
      backup.with(
          CraftedBackup.entry("pg_tblspc/" + oid, TarConstants.LF_SYMLINK, "/srv/" + oid),
          new byte[0]);
    }
    backup.files.put("tablespace_map", CraftedBackup.utf8(map.toString()));
    backup.write();
    for (String oid : oids) {
      Files.write(
          backup.directory.resolve(oid + ".tar" + compression.ending()), backup.packed(tar(FILE)));
      backup.files.put("pg_tblspc/" + oid + "/" + FILE, CONTENT);
    }
    Files.writeString(backup.directory.resolve("backup_manifest"), backup.manifest(""));
    for (String oid : oids) {
      backup.files.remove("pg_tblspc/" + oid + "/" + FILE);
    }
    return backup;
  }

  /** Makes it a backup of PostgreSQL 16, which has the control file of 15. */
  private void of16() {
    byte[] segment = CraftedBackup.segment(1);
    segment[0] = 0x13;
    backup.wal.put(CraftedBackup.SEGMENT, segment);
    backup.files.put("PG_VERSION", CraftedBackup.utf8("16\n"));
  }

  private String listing(String oid) {
    backup.files.put("pg_tblspc/" + oid + "/" + FILE, CONTENT);
    String listing = backup.manifest("");
    backup.files.remove("pg_tblspc/" + oid + "/" + FILE);
    return listing;
  }

  private static byte[] tar(String... files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (String file : files) {
        tar.putArchiveEntry(CraftedBackup.file(file, CONTENT.length));
        tar.write(CONTENT);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
