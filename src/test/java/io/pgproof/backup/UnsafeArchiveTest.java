package io.pgproof.backup;

import static org.apache.commons.compress.archivers.tar.TarConstants.LF_BLK;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_CHR;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_FIFO;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_LINK;
import static org.apache.commons.compress.archivers.tar.TarConstants.LF_SYMLINK;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
  @ValueSource(strings = {
      "../evil", "base/../../evil", "/evil", "//evil", "base//evil", "base/./evil", "..", ".", "base/..", ""
  })
  void nameThatPointsElsewhereIsRefused(String name) throws Exception {
    backup.with(CraftedBackup.file(name, EVIL.length), EVIL).write();

    expectUnsafe("base.tar.gz holds a member");
    assertThat(directory.resolve("evil")).doesNotExist();
    assertThat(Path.of("/evil")).doesNotExist();
  }

  @Test
  void nameBehindAHiddenNulIsRefused() throws Exception {
    backup.coding = Coding.NONE;
    byte[] tar = backup.with(CraftedBackup.file("harmlessXevil", EVIL.length), EVIL).write().baseTar();
    String text = new String(tar, StandardCharsets.ISO_8859_1);
    int header = text.indexOf("harmlessXevil");
    tar[header + 8] = 0;
    tar[header + 148 + 6] = 0;
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : tar[header + i] & 0xFF;
    }
    System.arraycopy(CraftedBackup.utf8(String.format("%06o\0 ", sum)), 0, tar, header + 148, 8);
    Files.write(backup.base(), tar);

    expectUnsafe("NUL");
  }

  @ParameterizedTest
  @ValueSource(bytes = {LF_LINK, LF_SYMLINK, LF_CHR, LF_BLK, LF_FIFO})
  void linksAndDevicesAreRefused(byte type) throws Exception {
    backup.with(CraftedBackup.entry("base/5/evil", type, "/etc/passwd"), new byte[0]).write();

    expectUnsafe("base/5/evil");
    try (Stream<Path> all = Files.walk(backup.data())) {
      assertThat(all).allMatch(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
    }
  }

  @Test
  void tablespaceLinkIsATablespaceThatIsNotThere() throws Exception {
    backup.with(CraftedBackup.entry("pg_tblspc/16385", LF_SYMLINK, "/srv/space"), new byte[0]).write();

    Found.expect(Reason.BACKUP_INCOMPLETE, "tablespace 16385", () -> backup.restore());
    assertThat(Files.exists(backup.data().resolve("pg_tblspc/16385"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void longNameByExtensionIsRefused() throws Exception {
    backup.with(CraftedBackup.file("base/" + "n".repeat(300), EVIL.length), EVIL).write();

    expectUnsafe("neither a file nor a directory");
  }

  @Test
  void secondMemberOfOneNameIsRefused() throws Exception {
    backup.with(CraftedBackup.file("PG_VERSION", EVIL.length), EVIL).write();

    expectUnsafe("PG_VERSION a second time");
    assertThat(backup.data().resolve("PG_VERSION")).hasContent("15");
  }

  @Test
  void fileInPlaceOfADirectoryIsRefused() throws Exception {
    backup.with(CraftedBackup.file("PG_VERSION/evil", EVIL.length), EVIL).write();

    expectUnsafe("PG_VERSION a second time");
  }

  @Test
  void walBroughtByBothArchivesIsRefused() throws Exception {
    backup.with(CraftedBackup.file("pg_wal/" + CraftedBackup.SEGMENT, EVIL.length), EVIL).write();

    expectUnsafe(CraftedBackup.SEGMENT + " a second time");
  }

  @Test
  void walArchiveThatPointsUpwardsIsRefused() throws Exception {
    backup.wal.put("../base/5/evil", EVIL);
    backup.write();

    expectUnsafe("pg_wal.tar.gz holds a member ../base/5/evil");
  }

  @Test
  void bombBeyondTheManifestEndsBeforeItIsWritten() throws Exception {
    backup.manifest = true;
    backup.coding = Coding.NONE;
    backup.write();
    byte[] tar = backup.with(CraftedBackup.file("pg_wal/bomb", 0), new byte[0]).baseTar();
    String text = new String(tar, StandardCharsets.ISO_8859_1);
    int header = text.indexOf("pg_wal/bomb");
    System.arraycopy(CraftedBackup.utf8("77777777777"), 0, tar, header + 124, 11);
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : tar[header + i] & 0xFF;
    }
    System.arraycopy(CraftedBackup.utf8(String.format("%06o\0 ", sum)), 0, tar, header + 148, 8);
    Files.write(backup.base(), tar);

    expectUnsafe("more than the manifest lists");
    assertThat(backup.data().resolve("pg_wal/bomb")).doesNotExist();
  }

  @Test
  void terminalCodesInANameAreNotPrinted() throws Exception {
    backup.with(CraftedBackup.entry("\u001b[2Jevil", LF_SYMLINK, "x"), new byte[0]).write();

    Finding finding = Found.by(() -> backup.restore());
    assertThat(finding.message()).contains("\\x1b[2Jevil").doesNotContain("\u001b");
  }

  private void expectUnsafe(String words) {
    Found.expect(Reason.UNSAFE_ARCHIVE, words, () -> backup.restore());
  }
}
