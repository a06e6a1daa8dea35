package io.pgproof.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.pgproof.backup.archive.MemberSource.Member;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.proof.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tars as pg_basebackup and people make them; hostile ones are in {@link
 * io.pgproof.backup.restore.UnsafeArchiveTest}.
 */
class TarReaderTest {
  private static final byte[] CONTENT = CraftedBackup.pattern(3000);

  @TempDir Path directory;

  @Test
  void aNameEndsAtItsFirstNul() throws Exception {
    byte[] header = new byte[512];
    TarBytes.put(header, 0, "00000002.history\0tmp");
    TarBytes.put(header, 124, "00000000003\0");
    TarBytes.put(header, 257, TarBytes.POSIX);
    TarBytes.put(header, 345, "pg_wal\0archive_status");

    assertThat(files(new TarBytes().header(header).content(CraftedBackup.utf8("1\t2")).ended()))
        .containsExactly(entry("pg_wal/00000002.history", "1\t2"));
  }

  @Test
  void emptyAndDotPartsOfANameAreIgnored() throws Exception {
    byte[] tar =
        new TarBytes()
            .member("./", '5', "", new byte[0])
            .member("././base/", '5', "", new byte[0])
            .file("./base//5/./1259", CONTENT)
            .member("old/", '0', "", new byte[0])
            .member("./pg_tblspc/16385/", '2', "/srv/a", new byte[0])
            .ended();

    assertThat(members(tar))
        .extracting(Member::name, Member::type)
        .containsExactly(
            tuple("", MemberSource.Type.DIRECTORY),
            tuple("base", MemberSource.Type.DIRECTORY),
            tuple("base/5/1259", MemberSource.Type.FILE),
            tuple("old", MemberSource.Type.DIRECTORY),
            tuple("pg_tblspc/16385", MemberSource.Type.SYMBOLIC_LINK));
  }

  @Test
  void onlyPosixHeadersHaveAPrefix() throws Exception {
    byte[] header = new byte[512];
    TarBytes.put(header, 0, "PG_VERSION");
    TarBytes.put(header, 124, "00000000000\0");
    TarBytes.put(header, 257, TarBytes.GNU);
    TarBytes.put(header, 345, "14751463020");

    assertThat(files(new TarBytes().header(header).of(TarBytes.V7).file("base/1", CONTENT).ended()))
        .containsOnlyKeys("PG_VERSION", "base/1");
  }

  @Test
  void paxRecordsOverrideTheHeaderAndTheLastRecordWins() throws Exception {
    String path = "base/5/" + "n".repeat(120) + "\u00e9";
    byte[] tar =
        new TarBytes()
            .member("global", 'g', "", TarBytes.records("comment=for all", "path=never"))
            .pax(
                "mtime=1764500000.5",
                "path=wrong",
                "path=" + path,
                "size=3000",
                "LIBARCHIVE.creationtime=1")
            .header("short", '0', "", 0)
            .content(CONTENT)
            .pax("path=")
            .file("plain", CONTENT)
            .ended();

    assertThat(files(tar))
        .containsOnlyKeys(FileNames.ofUtf8(path), "plain")
        .containsValue(text(CONTENT));
  }

  @Test
  void sizesTooLargeForOctalAreRead() throws Exception {
    byte[] tar = new TarBytes().pax("size=8589934592").header("base/big", '0', "", 0).open();
    byte[] binary = new byte[512];
    TarBytes.put(binary, 0, "base/big");
    TarBytes.put(binary, 257, TarBytes.GNU);
    binary[124] = (byte) 0x80;
    binary[124 + 7] = 2;

    assertThat(first(tar).size()).isEqualTo(8L << 30);
    assertThat(first(new TarBytes().header(binary).open()).size()).isEqualTo(8L << 30);
  }

  @Test
  void gnuLongNamesApplyOnlyToTheNextMember() throws Exception {
    String name = "base/" + "n".repeat(200);
    byte[] tar =
        new TarBytes()
            .of(TarBytes.GNU)
            .member("././@LongLink", 'L', "", CraftedBackup.utf8(name + "\0"))
            .member("././@LongLink", 'K', "", CraftedBackup.utf8("base/" + "l".repeat(200) + "\0"))
            .member("cut", '1', "cut", new byte[0])
            .file("after", CONTENT)
            .ended();

    assertThat(members(tar))
        .containsExactly(
            new Member(name, MemberSource.Type.HARD_LINK, 0, "base/" + "l".repeat(200)),
            new Member("after", MemberSource.Type.FILE, 3000, ""));
  }

  @Test
  void volumeLabelsAreSkippedAndDumpDirectoriesAreDirectories() throws Exception {
    byte[] tar =
        new TarBytes()
            .of(TarBytes.GNU)
            .member("nightly", 'V', "", new byte[0])
            .member("base/", 'D', "", CraftedBackup.utf8("Y1259\0\0"))
            .file("base/1259", CONTENT)
            .ended();

    assertThat(members(tar))
        .extracting(Member::type)
        .containsExactly(MemberSource.Type.DIRECTORY, MemberSource.Type.FILE);
  }

  @ParameterizedTest
  @ValueSource(chars = {'M', 'N', 'A', 'Z', '~'})
  void anUnknownMemberTypeIsNotTheBackupsFault(char type) {
    ExpectedFinding.expect(
        Reason.FORMAT_UNSUPPORTED,
        "base/odd in base.tar.gz",
        () -> members(new TarBytes().member("base/odd", type, "", CONTENT).ended()));
  }

  @Test
  void aSparseFileInAnUnknownFormatIsNotTheBackupsFault() {
    ExpectedFinding.expect(
        Reason.FORMAT_UNSUPPORTED,
        "sparse",
        () ->
            members(
                new TarBytes()
                    .pax("GNU.sparse.major=2", "GNU.sparse.minor=0", "GNU.sparse.name=base/1")
                    .file("odd", CONTENT)
                    .ended()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GNU.sparse.map=0,10,5,10",
        "GNU.sparse.map=0,10",
        "GNU.sparse.map=0,3000,3000",
        "GNU.sparse.map=4000,3000",
        "GNU.sparse.map=0,-3000",
        "GNU.sparse.map=x,3000"
      })
  void sparseFilePartsThatDoNotFitAreDamage(String map) {
    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT,
        "the member's header at byte",
        () ->
            members(
                new TarBytes().pax("GNU.sparse.size=5000", map).file("base/1", CONTENT).ended()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9999999 path=x\n",
        "5 path=x\n",
        "99 path=x\n",
        "path=x\n",
        "9 pathx\nx\n",
        "x path=x\n"
      })
  void aMalformedPaxHeaderIsDamage(String records) {
    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT,
        "a pax header is malformed",
        () ->
            members(
                new TarBytes()
                    .member("p", 'x', "", CraftedBackup.utf8(records))
                    .file("base/1", CONTENT)
                    .ended()));
  }

  @Test
  void anExtendedHeaderWithoutItsMemberIsDamage() {
    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT,
        "without the member",
        () -> members(new TarBytes().pax("path=base/1").ended()));
  }

  @Test
  void moreThanTwoZeroBlocksAreAnEndMarkToo() throws Exception {
    byte[] tar = new TarBytes().file("base/1", CONTENT).ended();

    assertThat(members(Arrays.copyOf(tar, tar.length + 20 * 512 + 7))).hasSize(1);
  }

  @Test
  void aMissingEndMarkIsNoticed() throws Exception {
    byte[] open = new TarBytes().file("base/1", CONTENT).open();
    for (int zeros : new int[] {0, 512, 700, 1024, 10240}) {
      try (TarReader tar =
          new TarReader(new Trickle(Arrays.copyOf(open, open.length + zeros), 1000))) {
        assertThat(tar.next()).isPresent();
        assertThat(tar.next()).isEmpty();
        assertThat(tar.hasEndMark()).as("%d zeros", zeros).isEqualTo(zeros >= 1024);
      }
    }
  }

  /** The tar of this machine, and a second opinion by a library. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=v7",
        "--format=oldgnu",
        "--format=gnu",
        "--format=ustar",
        "--format=posix",
        "--format=gnu --sparse",
        "--format=posix --sparse --sparse-version=0.0",
        "--format=posix --sparse --sparse-version=0.1",
        "--format=posix --sparse --sparse-version=1.0",
        "--format=posix --label=nightly --xattrs --acls --owner=someone:4711",
        "--format=gnu --label=nightly --incremental"
      })
  void everyFormatOfGnuTarIsRead(String options) throws Exception {
    Path packed = Files.createDirectories(directory.resolve("packed"));
    Map<String, String> expected = new HashMap<>();
    put(packed, "PG_VERSION", CraftedBackup.utf8("15\n"), expected);
    put(packed, "base/5/1259", CONTENT, expected);
    put(packed, "base/5/empty", new byte[0], expected);
    if (!options.contains("v7") && !options.contains("ustar")) {
      put(packed, "base/" + "d".repeat(120) + "/" + "n".repeat(150), CONTENT, expected);
    }
    put(packed, "pg_wal/name with blanks", CONTENT, expected);
    holes(packed.resolve("base/5/sparse"), 30, expected);
    Path tar = directory.resolve("base.tar");
    List<String> command = new ArrayList<>(List.of("tar"));
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-cf", tar.toString(), "-C", packed.toString(), "."));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(words).isZero();

    assertThat(files(Files.readAllBytes(tar))).isEqualTo(expected);
    // The library takes a directory's list, which GNU tar keeps of incremental archives, for
    // damage.
    if (!options.contains("--incremental")) {
      assertThat(byLibrary(tar)).isEqualTo(expected);
    }
  }

  private static void put(Path root, String name, byte[] content, Map<String, String> expected)
      throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    Files.write(root.resolve(name), content);
    expected.put(FileNames.ofUtf8(name), text(content));
  }

  /** A file with parts and holes in turn, a hole at the end. */
  private static void holes(Path file, int parts, Map<String, String> expected) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int part = 0; part < parts; part++) {
        channel.write(ByteBuffer.wrap(CraftedBackup.pattern(4096)), 65536L * part + 65536);
      }
      channel.write(ByteBuffer.wrap(new byte[] {0}), 65536L * parts + 200_000);
    }
    expected.put("base/5/sparse", text(Files.readAllBytes(file)));
  }

  private static Map<String, String> byLibrary(Path tar) throws IOException {
    Map<String, String> files = new HashMap<>();
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(
            new ByteArrayInputStream(Files.readAllBytes(tar)),
            StandardCharsets.ISO_8859_1.name())) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.isFile() && entry.getLinkFlag() != 'V') {
          files.put(FileNames.normal(entry.getName()), text(in.readAllBytes()));
        }
      }
    }
    return files;
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.groups.Tuple.tuple(values);
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1);
  }

  private static Member first(byte[] tar) throws InterruptedException {
    try (TarReader members = new TarReader(new Trickle(tar, 1 << 20))) {
      return members.next().orElseThrow();
    }
  }

  private static List<Member> members(byte[] tar) throws InterruptedException {
    List<Member> all = new ArrayList<>();
    try (TarReader members = new TarReader(new Trickle(tar, 777))) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        all.add(next.get());
      }
    }
    return all;
  }

  private static Map<String, String> files(byte[] tar) throws IOException, InterruptedException {
    Map<String, String> files = new LinkedHashMap<>();
    try (TarReader members = new TarReader(new Trickle(tar, 100_000))) {
      for (Optional<Member> next = members.next(); next.isPresent(); next = members.next()) {
        if (next.get().type() == MemberSource.Type.FILE) {
          ByteArrayOutputStream content = new ByteArrayOutputStream();
          members.copyContent(
              piece -> {
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                content.write(bytes);
              });
          assertThat((long) content.size()).isEqualTo(next.get().size());
          files.put(next.get().name(), text(content.toByteArray()));
        }
      }
    }
    return files;
  }
}
