package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.format.CraftedPages;
import io.pgproof.proof.Check;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What copies of data directories hold besides the cluster's data, or lack, without harm or with
 * it.
 */
class CopiedDirectoryTest {
  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
    backup.files.remove("tablespace_map");
  }

  @ParameterizedTest
  @CsvSource({
    "link, server.crt",
    "directory link, log",
    "dangling link, server.key",
    "link, base/5/way-out",
    "link, pg_stat_tmp",
    "fifo, fifo",
    "socket, .s.PGSQL.5432",
    "fifo, base/5/fifo"
  })
  void entriesWithoutDataAreNotedAndNotRestored(String kind, String name) throws Exception {
    make(kind, backup.writePlain().directory.resolve(name));
    RestoredBackup restoredBackup = backup.restore();

    assertThat(restoredBackup.notes()).anyMatch(note -> note.endsWith(": " + name));
    assertThat(Files.isSymbolicLink(backup.data().resolve(name))).isFalse();
    assertThat(Files.exists(backup.data().resolve(name), LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(name.equals("pg_stat_tmp"));
    assertThat(restoredBackup.checks())
        .extracting(Check::outcome)
        .containsOnly(Check.Outcome.PASSED);
  }

  @ParameterizedTest
  @CsvSource({
    "link, base/5/1259",
    "dangling link, base/5/1259",
    "directory link, base",
    "directory link, global",
    "directory link, pg_xact",
    "directory link, pg_twophase",
    "directory link, pg_tblspc",
    "link, base/5/1259_vm",
    "link, pg_wal/000000010000000000000001"
  })
  void aLinkInsteadOfDataIsNotPartOfTheBackup(String kind, String name) throws Exception {
    backup.writePlain();
    replace(name, kind);

    ExpectedFinding.expect(Reason.NOT_SELF_CONTAINED, name, () -> backup.restore());
  }

  @ParameterizedTest
  @CsvSource({"fifo, base/5/1259", "socket, base/5/1259", "fifo, base"})
  void aSpecialFileInsteadOfDataIsRefused(String kind, String name) throws Exception {
    backup.writePlain();
    replace(name, kind);

    ExpectedFinding.expect(
        Reason.UNSAFE_ARCHIVE, name + " that must not be restored", () -> backup.restore());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".snapshot/hourly.0", "base/.snapshot/hourly.0", "lost+found", ".Trash-0/files"})
  void directoriesOfTheFileSystemAreNotSearched(String name) throws Exception {
    Path inside = Files.createDirectories(backup.writePlain().directory.resolve(name));
    make("fifo", inside.resolve("PG_VERSION"));
    Files.createDirectories(
        inside.resolve(
            "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32/33"));
    RestoredBackup restoredBackup = backup.restore();

    String root = name.replaceFirst("(\\.snapshot|\\.Trash-0)/.*", "$1");
    assertThat(restoredBackup.notes())
        .anyMatch(note -> note.startsWith("not restored") && note.endsWith(": " + root));
    assertThat(backup.data().resolve(root)).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".DS_Store",
        "base/5/.DS_Store",
        "Thumbs.db",
        "postgresql.conf~",
        "log/monday.log",
        "base/5/1259.bak",
        ".nfs00"
      })
  void anUnlistedFileThatIsNoDataIsNoted(String name) throws Exception {
    Path stranger = backup.writePlain().directory.resolve(name);
    Files.createDirectories(stranger.getParent());
    Files.writeString(stranger, "stranger");
    RestoredBackup restoredBackup = backup.restore();

    assertThat(restoredBackup.notes())
        .contains("not in backup_manifest, and not data of PostgreSQL: " + name);
    assertThat(restoredBackup.checks().get(1).detail()).isEqualTo("4 files, CRC32C");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "base/5/9999",
        "base/5/1259.1",
        "base/5/1259_vm",
        "base/5/t3_16384",
        "base/5/pg_filenode.map",
        "base/16384/PG_VERSION",
        "global/1260",
        "pg_xact/0001",
        "pg_multixact/members/0000",
        "pg_twophase/000002F1",
        "pg_logical/snapshots/0-1",
        "tablespace_map"
      })
  void anUnlistedDataFileRefutes(String name) throws Exception {
    Path more = backup.writePlain().directory.resolve(name);
    Files.createDirectories(more.getParent());
    Files.createFile(more);

    ExpectedFinding.expect(
        Reason.MANIFEST_MISMATCH, name + " is in the backup but not in", () -> backup.restore());
  }

  @Test
  void manyForeignFilesAreCounted() throws Exception {
    backup.writePlain();
    for (int i = 1; i <= 8; i++) {
      Files.createFile(backup.directory.resolve("note" + i));
    }

    assertThat(backup.restore().notes())
        .contains(
            "not in backup_manifest, and not data of PostgreSQL: note1, note2, note3, note4, note5 and 3 more");
  }

  @Test
  void aForeignFileInAnArchiveIsNoted() throws Exception {
    backup.write();
    backup.with(CraftedBackup.file("._PG_VERSION", 3), new byte[3]);
    Files.write(backup.base(), backup.packed(backup.baseTar()));

    assertThat(backup.restore().notes())
        .contains("not in backup_manifest, and not data of PostgreSQL: ._PG_VERSION");
  }

  @Test
  void lostEmptyDirectoriesAreCreatedAndNoted() throws Exception {
    Files.createDirectory(backup.writePlain().directory.resolve("pg_notify"));
    RestoredBackup restoredBackup = backup.restore();

    assertThat(restoredBackup.notes())
        .singleElement()
        .asString()
        .startsWith("pgproof created directories that the backup lacks")
        .contains("pg_replslot", "pg_twophase", "pg_logical/snapshots")
        .doesNotContain("pg_notify", "pg_wal", "pg_xact");
    assertThat(backup.data().resolve("pg_logical/snapshots")).isEmptyDirectory();
    assertThat(Files.getAttribute(backup.data().resolve("pg_stat"), "unix:uid"))
        .isEqualTo(CraftedBackup.UID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pg_xact", "base"})
  void aDirectoryThatAlwaysHasDataIsNotCreated(String name) throws Exception {
    backup.manifest = false;
    backup.writePlain();
    remove(name);

    ExpectedFinding.expect(
        Reason.BACKUP_INCOMPLETE, "contains no directory " + name, () -> backup.restore());
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "a link that leads nowhere"})
  void theWalDirectoryMayBeMissingIfThereIsAnArchive(String how) throws Exception {
    backup.wal.clear();
    remove(backup.writePlain().directory.resolve("pg_wal"));
    if (!how.equals("missing")) {
      make("dangling link", backup.directory.resolve("pg_wal"));
    }
    Path archive = Files.createDirectory(directory.resolve("archive"));
    Files.write(archive.resolve(CraftedBackup.SEGMENT), CraftedBackup.segment(1));

    assertThat(backup.restore(Optional.of(archive)).notes())
        .anyMatch(note -> note.contains("may be empty: pg_wal"));
    assertThat(Files.isDirectory(backup.data().resolve("pg_wal"), LinkOption.NOFOLLOW_LINKS))
        .isTrue();
  }

  @Test
  void aTablespaceMayContainDirectoriesOfItsFileSystem() throws Exception {
    Path space = directory.resolve("space");
    Files.createDirectories(space.resolve("PG_15_202209061/5"));
    Files.createDirectories(space.resolve("lost+found"));
    Files.writeString(space.resolve("README"), "mounted from the array");
    linkTablespace(space);

    assertThat(backup.restore().notes())
        .anyMatch(
            note ->
                note.startsWith("not restored")
                    && note.endsWith(": pg_tblspc/16385/README, pg_tblspc/16385/lost+found"));
    assertThat(backup.places().tablespaces().resolve("16385"))
        .isDirectoryContaining(path -> path.getFileName().toString().equals("PG_15_202209061"));
  }

  @ParameterizedTest
  @CsvSource({
    "cluster/pg_tblspc/16385, space",
    "cluster/pg_tblspc/16385, space/PG_15_202209061",
    "cluster/pg_wal, wal",
    "'', cluster/pg_wal"
  })
  void aLinkToARunningServerIsNotPartOfTheBackup(String link, String target) throws Exception {
    Path cluster = runnable();
    Path place = directory.resolve(target);
    Files.createDirectories(
        place.resolve(target.endsWith("wal") ? "archive_status" : "PG_15_202209061"));
    if (!link.isEmpty()) {
      Path live = directory.resolve(link);
      Files.createDirectories(live.getParent());
      Files.createSymbolicLink(
          live, target.startsWith("space") ? directory.resolve("space") : place);
    }
    if (target.endsWith("wal")) {
      backup.wal.clear();
      remove(backup.writePlain().directory.resolve("pg_wal"));
      Files.createSymbolicLink(backup.directory.resolve("pg_wal"), place);
    } else {
      linkTablespace(place);
    }
    Process server = new ProcessBuilder("sleep", "300").directory(cluster.toFile()).start();
    try {
      ExpectedFinding.expect(
          Reason.NOT_SELF_CONTAINED,
          "process " + server.pid() + " works in " + cluster,
          () -> backup.restore());
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  @Test
  void filesSharedWithARunningServerAreNotPartOfTheBackup() throws Exception {
    Path cluster = runnable();
    Files.delete(backup.writePlain().directory.resolve("PG_VERSION"));
    Files.createLink(backup.directory.resolve("PG_VERSION"), cluster.resolve("PG_VERSION"));
    Process server = new ProcessBuilder("sleep", "300").directory(cluster.toFile()).start();
    try {
      ExpectedFinding.expect(
          Reason.NOT_SELF_CONTAINED,
          "PG_VERSION is a hard link to PG_VERSION of a running server",
          () -> backup.restore());
    } finally {
      server.destroyForcibly().waitFor();
    }
    // Copies of one another that share files, as rsync --link-dest makes them, are no server's.
    assertThat(backup.restore().checks())
        .extracting(Check::outcome)
        .containsOnly(Check.Outcome.PASSED);
  }

  @Test
  void aLinkIntoAnotherDataDirectoryIsNotPartOfTheBackup() throws Exception {
    CraftedBackup other = new CraftedBackup(directory.resolve("other")).writePlain();
    remove(backup.writePlain().directory.resolve("pg_wal"));
    Files.createSymbolicLink(backup.directory.resolve("pg_wal"), other.directory.resolve("pg_wal"));

    ExpectedFinding.expect(
        Reason.NOT_SELF_CONTAINED,
        "is in another data directory, " + other.directory,
        () -> backup.restore());
  }

  @Test
  void aLinkToTheSourcesTablespaceIsNotPartOfTheBackup() throws Exception {
    Path space = directory.resolve("space");
    Files.createDirectories(space.resolve("PG_15_202209061"));
    backup.files.put("tablespace_map", CraftedBackup.utf8("16385 " + space + "\n"));
    linkTablespace(space);
    ExpectedFinding.expect(
        Reason.NOT_SELF_CONTAINED,
        "where the source had this tablespace according to tablespace_map",
        () -> backup.restore());

    Files.move(space, directory.resolve("copy"));
    Files.delete(backup.directory.resolve("pg_tblspc/16385"));
    Files.createSymbolicLink(
        backup.directory.resolve("pg_tblspc/16385"), directory.resolve("copy"));
    assertThat(backup.restore().checks())
        .extracting(Check::outcome)
        .containsOnly(Check.Outcome.PASSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"an old one under a new name", "of zeros"})
  void segmentsPreparedForLaterAreNotWal(String how) throws Exception {
    backup.manifest = false;
    byte[] ready =
        how.equals("of zeros") ? new byte[CraftedBackup.SEGMENT_SIZE] : CraftedBackup.segment(1);
    backup.wal.put("000000010000000000000002", CraftedBackup.segment(2));
    backup.wal.put("000000010000000000000003", ready);
    backup.wal.put("000000010000000000000004", ready);

    assertThat(backup.writePlain().restore().lastWalSegment()).contains("000000010000000000000002");
  }

  @ParameterizedTest
  @CsvSource({
    "old, in between",
    "zeros, in between",
    "later, last",
    "rubbish, last",
    "zeros, first",
    "old, first"
  })
  void aSegmentUnderAWrongNameIsRefusedUnlessAServerPreparedIt(String content, String where)
      throws Exception {
    backup.manifest = false;
    int at = List.of("first", "in between", "last").indexOf(where) + 1;
    for (int number = 1; number <= 3; number++) {
      backup.wal.put(
          "00000001000000000000000" + number,
          number != at
              ? CraftedBackup.segment(number)
              : switch (content) {
                case "old" -> CraftedBackup.segment(0);
                case "later" -> CraftedBackup.segment(9);
                case "zeros" -> new byte[CraftedBackup.SEGMENT_SIZE];
                default -> CraftedBackup.pattern(CraftedBackup.SEGMENT_SIZE);
              });
    }

    ExpectedFinding.expect(
        Reason.INCONSISTENT, "00000001000000000000000" + at, () -> backup.writePlain().restore());
  }

  @Test
  void aSegmentThatTheManifestNeedsIsNotTakenAsPrepared() throws Exception {
    backup.endLsn = "0/2900000";
    backup.wal.put("000000010000000000000002", CraftedBackup.segment(1));

    ExpectedFinding.expect(
        Reason.INCONSISTENT,
        "contains the WAL of 0/1000000, not that of 0/2000000",
        () -> backup.writePlain().restore());
  }

  @Test
  void theManifestOfTheSourcesOriginIsNotCompared() throws Exception {
    withManifestOf("0/800028", "0/900000", "0/800028");
    RestoredBackup restoredBackup = backup.restore();

    assertThat(restoredBackup.notes())
        .anyMatch(
            note ->
                note.startsWith("backup_manifest was not compared: ") && note.contains("0/800028"));
    assertThat(restoredBackup.manifestSha256()).isEmpty();
    assertThat(restoredBackup.endLsn()).isEmpty();
    assertThat(restoredBackup.checks().get(1).outcome()).isEqualTo(Check.Outcome.SKIPPED);
    assertThat(restoredBackup.notChecked())
        .anyMatch(open -> open.endsWith("because there is no backup_manifest"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0/700028"})
  void anUnexplainedEarlierManifestIsInconclusive(String origin) throws Exception {
    withManifestOf("0/800028", "0/900000", origin);

    ExpectedFinding.expect(Reason.FOREIGN_MANIFEST, "started at 0/800028", () -> backup.restore());
  }

  @ParameterizedTest
  @CsvSource({"0/1000028, 0/1900000", "0/1800028, 0/1900000", "0/800028, 0/1900000"})
  void aManifestOfThisOrALaterBackupIsCompared(String begin, String end) throws Exception {
    withManifestOf(begin, end, begin);

    ExpectedFinding.expect(Reason.MANIFEST_MISMATCH, "base/5/1259", () -> backup.restore());
  }

  /** A backup that begins at 0/1000028, with a table that grew since its manifest was written. */
  private void withManifestOf(String begin, String end, String origin) throws IOException {
    backup.startLsn = begin;
    backup.endLsn = end;
    if (!origin.isEmpty()) {
      backup.files.put(
          "backup_label.old", CraftedBackup.utf8(CraftedBackup.LABEL.replace("0/1000028", origin)));
    }
    backup.writePlain();
    Files.write(backup.directory.resolve("base/5/1259"), CraftedPages.of(4));
  }

  private Path runnable() throws IOException {
    Path cluster = Files.createDirectories(directory.resolve("cluster"));
    Files.writeString(cluster.resolve("postmaster.pid"), "1\n");
    Files.writeString(cluster.resolve("PG_VERSION"), "15\n");
    return cluster;
  }

  private void linkTablespace(Path target) throws IOException {
    backup.writePlain();
    Files.createDirectories(backup.directory.resolve("pg_tblspc"));
    Files.createSymbolicLink(backup.directory.resolve("pg_tblspc/16385"), target);
  }

  private void replace(String name, String kind) throws Exception {
    Path path = backup.directory.resolve(name);
    remove(path);
    Files.createDirectories(path.getParent());
    make(kind, path);
  }

  private void remove(String name) throws Exception {
    remove(backup.directory.resolve(name));
  }

  private static void remove(Path path) throws Exception {
    assertThat(new ProcessBuilder("rm", "-rf", path.toString()).start().waitFor()).isZero();
  }

  private static void make(String kind, Path path) throws Exception {
    switch (kind) {
      case "link" -> Files.createSymbolicLink(path, Path.of("/etc/passwd"));
      case "directory link" -> Files.createSymbolicLink(path, Path.of("/etc"));
      case "dangling link" -> Files.createSymbolicLink(path, Path.of("/no/such/file"));
      case "fifo" ->
          assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
      case "socket" ->
          ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              .bind(UnixDomainSocketAddress.of(path))
              .close();
      default -> throw new IllegalArgumentException(kind);
    }
  }
}
