package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.archive.Compression;
import io.pgproof.backup.archive.ExpectedFinding;
import io.pgproof.command.Trees;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedArchiveTest {
  /** The smallest of PostgreSQL, because it is restored some thousand times. */
  private static final int SMALL_SEGMENT = 1 << 20;

  @TempDir Path directory;
  private CraftedBackup backup;

  @BeforeEach
  void craft() {
    backup = new CraftedBackup(directory.resolve("backup"));
  }

  @Test
  void aTruncatedArchiveIsNamedWithItsOffset() throws Exception {
    byte[] whole = Files.readAllBytes(backup.write().base());
    Files.write(backup.base(), Arrays.copyOf(whole, whole.length - 20));

    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED,
        "base.tar.gz ends at byte " + (whole.length - 20),
        () -> backup.restore());
  }

  @Test
  void aTruncatedWalArchiveIsNamedWithItsOffset() throws Exception {
    byte[] whole = Files.readAllBytes(backup.write().walArchive());
    Files.write(backup.walArchive(), Arrays.copyOf(whole, whole.length - 3));

    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED,
        "pg_wal.tar.gz ends at byte " + (whole.length - 3),
        () -> backup.restore());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyTruncationIsFound(Compression compression) throws Exception {
    backup.coding = compression;
    backup.manifest = false;
    withoutWal();
    byte[] whole = Files.readAllBytes(backup.base());
    for (int length = 0;
        length < whole.length;
        length += compression == Compression.NONE ? 509 : 29) {
      Files.write(backup.base(), Arrays.copyOf(whole, length));
      Finding finding = ExpectedFinding.by(this::restoreWithArchive);
      assertThat(finding.reason())
          .as("of %d bytes: %s", length, finding.message())
          .isEqualTo(Reason.ARCHIVE_TRUNCATED);
      remove(backup.data());
      remove(backup.places().wal());
    }
  }

  @Test
  void aTarWithoutItsEndMarkIsTruncatedIfThereIsNoManifest() throws Exception {
    backup.manifest = false;
    withoutEndMark(512);

    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED, "before the end of its tar", () -> backup.restore());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 512})
  void aTarWithoutItsEndMarkIsWholeIfTheManifestSaysSo(int zeros) throws Exception {
    withoutEndMark(zeros);

    assertThat(backup.restore().notes())
        .anyMatch(note -> note.startsWith("base.tar.gz ends without the two blocks of zeros"));
  }

  @Test
  void aTarCutBetweenTwoMembersIsTruncatedByItsManifest() throws Exception {
    backup.write();
    backup.files.remove("global/pg_control");
    byte[] tar = withoutEndMark(0);
    Files.writeString(
        backup.directory.resolve("backup_manifest"), new CraftedBackup(directory).manifest(""));

    assertThat(tar.length % 512).isZero();
    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED, "before the end of its tar", () -> backup.restore());
  }

  private byte[] withoutEndMark(int zeros) throws IOException {
    byte[] tar = backup.write().baseTar();
    byte[] cut = Arrays.copyOf(tar, tar.length - CraftedBackup.END_MARK + zeros);
    Files.write(backup.base(), backup.packed(cut));
    return cut;
  }

  @Test
  void anUncompressedTarCutInAMemberIsTruncated() throws Exception {
    backup.coding = Compression.NONE;
    byte[] tar = backup.write().baseTar();
    Files.write(backup.base(), Arrays.copyOf(tar, 9 * 512));

    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED, "base.tar ends at byte " + 9 * 512, () -> backup.restore());
  }

  @Test
  void aFileThatIsNotGzipIsReportedWithItsFirstBytes() throws Exception {
    Files.writeString(backup.write().base(), "BACKUP");

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT,
        "base.tar.gz is not a gzip archive: it begins with 42 41",
        () -> backup.restore());
  }

  @Test
  void aGzipWithoutATarIsCorrupt() throws Exception {
    Files.write(backup.write().base(), CraftedBackup.gzip(CraftedBackup.pattern(4096)));

    ExpectedFinding.expect(Reason.ARCHIVE_CORRUPT, "is not a tar", () -> backup.restore());
  }

  @Test
  void anEmptyArchiveIsTruncated() throws Exception {
    Files.write(backup.write().base(), new byte[0]);

    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED, "base.tar.gz is empty", () -> backup.restore());
  }

  @Test
  void bytesBehindTheLastGzipMemberAreFound() throws Exception {
    Files.write(backup.write().base(), new byte[] {7, 0}, StandardOpenOption.APPEND);

    ExpectedFinding.expect(Reason.ARCHIVE_CORRUPT, "not a gzip member", () -> backup.restore());
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void zerosBehindAnArchiveAreNoted(Compression compression) throws Exception {
    backup.coding = compression;
    Files.write(backup.write().base(), new byte[300_001], StandardOpenOption.APPEND);

    assertThat(backup.restore().notes())
        .contains(
            backup.base().getFileName()
                + " is followed by 300001 bytes of zeros, as tapes and block devices leave them");
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void zerosInsteadOfHalfAnArchiveAreDamage(Compression compression) throws Exception {
    backup.coding = compression;
    byte[] whole = Files.readAllBytes(backup.write().base());
    Files.write(
        backup.base(),
        Arrays.copyOf(Arrays.copyOf(whole, whole.length / 2), whole.length + 100_000));

    assertThat(ExpectedFinding.by(() -> backup.restore()))
        .returns(Verdict.REFUTED, Finding::verdict);
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void zerosInsteadOfTheLastMembersAreDamage(Compression compression) throws Exception {
    backup.coding = compression;
    byte[] tar = backup.write().baseTar();
    Files.write(backup.base(), backup.packed(Arrays.copyOf(tar, tar.length / 2)));
    Files.write(backup.base(), new byte[100_000], StandardOpenOption.APPEND);

    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED, "before the end of its tar", () -> backup.restore());
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void bytesBehindTheZerosBehindAnArchiveAreDamage(Compression compression) throws Exception {
    backup.coding = compression;
    byte[] zeros = new byte[300_000];
    zeros[299_998] = 1;
    Files.write(backup.write().base(), zeros, StandardOpenOption.APPEND);

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT, "bytes follow the zeros", () -> backup.restore());
  }

  /** A damaged window of the decompressor can repeat a member or make up a strange one. */
  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"GZIP", "LZ4", "ZSTD"})
  void damageIsFoundBehindWhatLooksLikeAStrangeForm(Compression compression) throws Exception {
    backup.coding = compression;
    backup.with(CraftedBackup.file("PG_VERSION", 3), CraftedBackup.utf8("15\n")).write();
    ExpectedFinding.expect(
        Reason.FORMAT_UNSUPPORTED, "PG_VERSION a second time", () -> backup.restore());

    byte[] packed = Files.readAllBytes(backup.base());
    packed[packed.length - (compression == Compression.GZIP ? 8 : 1)] ^= 1;
    Files.write(backup.base(), packed);
    Trees.remove(backup.data());
    ExpectedFinding.expect(Reason.ARCHIVE_CORRUPT, "base.tar", () -> backup.restore());
  }

  @Test
  void dataBehindTheEndOfTheTarAreFound() throws Exception {
    byte[] tar = backup.write().baseTar();
    byte[] longer = Arrays.copyOf(tar, tar.length + 1024);
    longer[tar.length + 700] = 1;
    Files.write(backup.base(), backup.packed(longer));

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT, "of the tar follow its end mark at byte ", () -> backup.restore());
  }

  @Test
  void aChangedTarHeaderIsFound() throws Exception {
    backup.coding = Compression.NONE;
    byte[] tar = backup.write().baseTar();
    tar[1024 + 3] ^= 1;
    Files.write(backup.base(), tar);

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT, "does not match its checksum", () -> backup.restore());
  }

  @Test
  void anArchiveWithoutALabelIsNotABaseBackup() throws Exception {
    backup.write();
    Files.write(backup.base(), backup.packed(backup.walTar()));

    ExpectedFinding.expect(
        Reason.INCONSISTENT, "begins with 000000010000000000000001", () -> backup.restore());
  }

  @Test
  void anUnreadableMediumIsNotTheBackupsFault() throws Exception {
    backup.write();
    Files.delete(backup.walArchive());
    Files.createDirectory(backup.walArchive());

    ExpectedFinding.expect(
        Reason.BACKUP_UNREADABLE, "pg_wal.tar.gz cannot be read", () -> backup.restore());
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyFlippedBitIsNoticedOrRestoresTheSameBytes(Compression compression) throws Exception {
    backup.coding = compression;
    // Gzip's own checksum is enough; the others have none, and no manifest covers this file.
    backup.manifest = compression != Compression.GZIP;
    backup.files.remove("postgresql.auto.conf");
    withoutWal();
    byte[] whole = Files.readAllBytes(backup.base());
    // Some hundreds of them; an odd step comes to every bit of a byte.
    int step = whole.length / 400 | 1;
    int noticed = 0;
    for (int position = 0; position < whole.length; position += step) {
      byte[] flipped = whole.clone();
      flipped[position] ^= (byte) (1 << position % 8);
      Files.write(backup.base(), flipped);
      try {
        restoreWithArchive();
        assertSame(position);
      } catch (FindingException e) {
        assertThat(e.finding())
            .as("bit at byte %d", position)
            .returns(Verdict.REFUTED, Finding::verdict);
        noticed++;
      }
      remove(backup.data());
      remove(backup.places().wal());
    }
    // Some bits change nothing: a header's time, padding, or how far back a run of zeros is copied
    // from.
    assertThat(noticed)
        .isGreaterThan(whole.length / step / (compression == Compression.NONE ? 4 : 2));
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void aWronglyNamedCompressionIsReportedWithItsFirstBytes(Compression compression)
      throws Exception {
    backup.coding = compression;
    Files.writeString(backup.write().base(), "BACKUP");

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT, "archive: it begins with 42 41 43 4b", () -> backup.restore());
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void bytesBehindTheLastFrameAreFound(Compression compression) throws Exception {
    backup.coding = compression;
    Files.write(backup.write().base(), new byte[] {7, 0}, StandardOpenOption.APPEND);

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT, "the bytes that follow are not", () -> backup.restore());
  }

  private void withoutWal() throws IOException {
    backup.wal.clear();
    backup.write();
    Files.createDirectory(directory.resolve("archive"));
    Files.write(
        directory.resolve("archive").resolve(CraftedBackup.SEGMENT),
        CraftedBackup.segment(1, SMALL_SEGMENT));
  }

  private void restoreWithArchive() throws InterruptedException {
    backup.restore(Optional.of(directory.resolve("archive")));
  }

  private void assertSame(int position) throws IOException {
    for (Map.Entry<String, byte[]> file : backup.files.entrySet()) {
      assertThat(Files.readAllBytes(backup.data().resolve(file.getKey())))
          .as("bit at byte %d", position)
          .isEqualTo(file.getValue());
    }
    try (Stream<Path> all = Files.walk(backup.data())) {
      assertThat(all.filter(Files::isRegularFile)).hasSize(backup.files.size());
    }
  }

  private static void remove(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
