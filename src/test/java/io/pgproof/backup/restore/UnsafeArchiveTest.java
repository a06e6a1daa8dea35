package io.pgproof.backup.restore;

import static org.apache.commons.compress.archivers.tar.TarConstants.LF_BLK;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_CHR;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_FIFO;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_LINK;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_SYMLINK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.backup.archive.TarBytes;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnsafeArchiveTest {
  private static final byte[] EVIL = CraftedBackup.utf8("evil");

  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
    backup.manifest = false;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "base/../../evil",
        "/evil",
        "//evil",
        "./../evil",
        "base//..//../evil",
        "..",
        ".",
        "base/..",
        ""
      })
  void aNameThatPointsOutsideIsRefused(String name) throws Exception {
    backup.with(CraftedBackup.file(name, EVIL.length), EVIL).write();

    expectUnsafe("base.tar.gz contains a member");
    assertThat(directory.resolve("evil")).doesNotExist();
    assertThat(Path.of("/evil")).doesNotExist();
  }

  @Test
  void bytesBehindTheNulOfANameAreIgnored() throws Exception {
    withRaw(new TarBytes().header(named("base/5/harmless\0/../../../evil")).content(EVIL).open());
    backup.restore();

    assertThat(backup.data().resolve("base/5/harmless")).hasBinaryContent(EVIL);
    assertThat(directory.resolve("evil")).doesNotExist();
  }

  @Test
  void aNameThatPointsUpwardsBeforeItsNulIsRefused() throws Exception {
    withRaw(new TarBytes().header(named("../evil\0tmp")).content(EVIL).open());

    expectUnsafe("its name contains ..");
  }

  private static byte[] named(String name) {
    byte[] header = new byte[512];
    TarBytes.put(header, 0, name);
    TarBytes.put(header, 124, "00000000004\0");
    TarBytes.put(header, 257, TarBytes.POSIX);
    return header;
  }

  /** Names that only an extended header tells: each is as hostile there as in the member's own. */
  static Stream<Arguments> hiddenNames() {
    return Stream.of("../evil", "/evil", "base/../../evil", "base/5/x\0/../../../../evil", "..")
        .flatMap(
            name ->
                Stream.of(
                    Arguments.of(
                        name,
                        new TarBytes().pax("path=" + name).file("base/5/harmless", EVIL).open()),
                    Arguments.of(
                        name,
                        new TarBytes()
                            .member("g", 'g', "", TarBytes.records("path=" + name))
                            .file("base/5/harmless", EVIL)
                            .open()),
                    Arguments.of(
                        name,
                        new TarBytes()
                            .pax(
                                "GNU.sparse.major=1",
                                "GNU.sparse.minor=0",
                                "GNU.sparse.realsize=4",
                                "GNU.sparse.name=" + name)
                            .file("base/5/harmless", EVIL)
                            .open()),
                    Arguments.of(
                        name,
                        new TarBytes()
                            .of(TarBytes.GNU)
                            .member("././@LongLink", 'L', "", CraftedBackup.utf8(name + "\0"))
                            .file("base/5/harmless", EVIL)
                            .open())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hiddenNames")
  void anUnsafeNameInAnExtendedHeaderIsRefused(String name, byte[] members) throws Exception {
    withRaw(members);

    Throwable thrown = catchThrowable(() -> backup.restore());
    assertThat(directory.resolve("evil")).doesNotExist();
    assertThat(Path.of("/evil")).doesNotExist();
    if (thrown == null) {
      // GNU's long name ends at its NUL.
      assertThat(name).contains("\0");
      assertThat(backup.data().resolve("base/5/x")).isRegularFile();
    } else {
      assertThat(((FindingException) thrown).finding()).returns(Verdict.REFUTED, Finding::verdict);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/passwd", "../../etc/passwd", "base/../../evil"})
  void aHardLinkToTheOutsideIsRefusedInAnExtendedHeader(String target) throws Exception {
    withRaw(
        new TarBytes()
            .pax("linkpath=" + target)
            .member("base/5/evil", '1', "PG_VERSION", new byte[0])
            .open());

    expectUnsafe("base/5/evil");
    assertThat(backup.data().resolve("base/5/evil")).doesNotExist();
  }

  @Test
  void aHardLinkToAnEarlierMemberBecomesACopy() throws Exception {
    withRaw(new TarBytes().member("base/5/other", '1', "./PG_VERSION", new byte[0]).open());
    backup.restore();

    assertThat(backup.data().resolve("base/5/other")).hasContent("15");
    assertThat(Files.getAttribute(backup.data().resolve("base/5/other"), "unix:nlink"))
        .isEqualTo(1);
  }

  @Test
  void aDanglingHardLinkIsDamage() throws Exception {
    withRaw(new TarBytes().member("base/5/other", '1', "base/5/lost", new byte[0]).open());

    ExpectedFinding.expect(Reason.ARCHIVE_CORRUPT, "base/5/lost", () -> backup.restore());
  }

  @Test
  void anOversizedExtendedHeaderIsRefusedBeforeItIsRead() throws Exception {
    for (char type : new char[] {'x', 'g', 'L', 'K'}) {
      for (long size : new long[] {(1 << 20) + 1, 8L << 30}) {
        backup = new CraftedBackup(directory.resolve(type + "-" + size + "/backup"));
        backup.manifest = false;
        withRaw(new TarBytes().header("bomb", type, "", size).open());

        expectUnsafe("bytes long, which no program writes");
      }
    }
  }

  @Test
  void endlessExtendedHeadersAreRefused() throws Exception {
    TarBytes headers = new TarBytes();
    for (int i = 0; i < 100; i++) {
      headers.pax("comment=" + i);
    }
    withRaw(headers.file("base/5/evil", EVIL).open());

    expectUnsafe("headers before one member");
  }

  @Test
  void aBombIsNotWritten() throws Exception {
    backup.manifest = true;
    withRaw(
        new TarBytes()
            .pax("GNU.sparse.size=70000000000000", "GNU.sparse.map=69999999999996,4")
            .file("pg_wal/bomb", EVIL)
            .open());

    ExpectedFinding.expect(Reason.DISK_FULL, "pg_wal/bomb of base.tar", () -> backup.restore());
    assertThat(backup.data().resolve("pg_wal/bomb")).isEmptyFile();
  }

  @Test
  void gigabytesThatNoManifestListsAreRestored() throws Exception {
    long size = 5L << 30;
    backup.manifest = true;
    withRaw(
        new TarBytes()
            .pax(
                "GNU.sparse.size=" + size,
                "GNU.sparse.map=" + (size - EVIL.length) + "," + EVIL.length)
            .file("log/postgresql.log", EVIL)
            .open());

    backup.restore();

    assertThat(backup.data().resolve("log/postgresql.log")).hasSize(size);
  }

  /** Puts members as they are behind those of the base. */
  private void withRaw(byte[] members) throws IOException {
    byte[] tar = backup.write().baseTar();
    byte[] before = Arrays.copyOf(tar, tar.length - CraftedBackup.END_MARK);
    byte[] whole = Arrays.copyOf(before, before.length + members.length + 1024);
    System.arraycopy(members, 0, whole, before.length, members.length);
    Files.write(backup.base(), backup.packed(whole));
  }

  @ParameterizedTest
  @ValueSource(bytes = {LF_LINK, LF_SYMLINK, LF_CHR, LF_BLK, LF_FIFO})
  void linksAndDevicesAreRefused(byte type) throws Exception {
    backup.with(CraftedBackup.entry("base/5/evil", type, "/etc/passwd"), new byte[0]).write();

    expectUnsafe("base/5/evil");
    try (Stream<Path> all = Files.walk(backup.data())) {
      assertThat(all)
          .allMatch(
              path ->
                  Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                      || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
    }
  }

  @Test
  void aTablespaceLinkWithoutItsArchiveIsIncomplete() throws Exception {
    backup
        .with(CraftedBackup.entry("pg_tblspc/16385", LF_SYMLINK, "/srv/space"), new byte[0])
        .write();

    ExpectedFinding.expect(Reason.BACKUP_INCOMPLETE, "tablespace 16385", () -> backup.restore());
    assertThat(Files.exists(backup.data().resolve("pg_tblspc/16385"), LinkOption.NOFOLLOW_LINKS))
        .isFalse();
  }

  @Test
  void aNameTooLongForAFileSystemIsRefused() throws Exception {
    backup.with(CraftedBackup.file("base/" + "n".repeat(300), EVIL.length), EVIL).write();

    expectUnsafe("its name is too long");
  }

  @Test
  void aDuplicateMemberIsNotJudged() throws Exception {
    backup.with(CraftedBackup.file("PG_VERSION", EVIL.length), EVIL).write();

    expectUnsupported("PG_VERSION a second time");
    assertThat(backup.data().resolve("PG_VERSION")).hasContent("15");
  }

  @Test
  void aFileInsteadOfADirectoryIsRefused() throws Exception {
    backup.with(CraftedBackup.file("PG_VERSION/evil", EVIL.length), EVIL).write();

    expectUnsafe("PG_VERSION as a file and as a directory");
  }

  @Test
  void walInBothArchivesIsNotJudged() throws Exception {
    backup.with(CraftedBackup.file("pg_wal/" + CraftedBackup.SEGMENT, EVIL.length), EVIL).write();

    expectUnsupported(CraftedBackup.SEGMENT + " a second time");
  }

  @Test
  void aWalArchiveThatPointsUpwardsIsRefused() throws Exception {
    backup.wal.put("../base/5/evil", EVIL);
    backup.write();

    expectUnsafe("pg_wal.tar.gz contains a member ../base/5/evil");
  }

  @Test
  void terminalCodesInANameAreNotPrinted() throws Exception {
    backup.with(CraftedBackup.entry("base/\u001b[2Jevil", LF_SYMLINK, "x"), new byte[0]).write();

    Finding finding = ExpectedFinding.by(() -> backup.restore());
    assertThat(finding.message()).contains("\\x1b[2Jevil").doesNotContain("\u001b");
  }

  private void expectUnsafe(String words) {
    ExpectedFinding.expect(Reason.UNSAFE_ARCHIVE, words, () -> backup.restore());
  }

  private void expectUnsupported(String words) {
    ExpectedFinding.expect(Reason.FORMAT_UNSUPPORTED, words, () -> backup.restore());
  }
}
