package io.pgproof.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.backup.binding.Liblz4;
import io.pgproof.backup.binding.LibraryMissingException;
import io.pgproof.backup.binding.Libzstd;
import io.pgproof.backup.restore.CraftedBackup;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.DataFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
  private static final byte[] CONTENT = content(300_000);

  /** Text that compresses, with matches further back than a block of lz4 is long. */
  private static byte[] content(int length) {
    byte[] content = new byte[length];
    Random random = new Random(7);
    random.nextBytes(content);
    for (int from = 90_000; from + 50_000 < length; from += 60_000) {
      System.arraycopy(content, from - 60_000, content, from, 50_000);
    }
    return content;
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void theSizeOfReadsMakesNoDifference(Compression compression) throws Exception {
    byte[] packed = Packed.by(compression, CONTENT);
    assertThat(packed.length)
        .as("blocks refer to the one before")
        .isLessThan(CONTENT.length * 4 / 5);
    for (int most : new int[] {1, 7, 4096, 1 << 20}) {
      for (int room : new int[] {511, 1 << 19}) {
        assertThat(decoded(compression, packed, most, room))
            .as("%d bytes at once into %d", most, room)
            .isEqualTo(CONTENT);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void consecutiveFramesAreDecodedAndSkippableFramesAreSkipped(Compression compression)
      throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    packed.write(Packed.skippable(new byte[9]));
    packed.write(Packed.by(compression, Arrays.copyOf(CONTENT, 100_000)));
    packed.write(Packed.by(compression, new byte[0]));
    packed.write(Packed.skippable(new byte[1000]));
    packed.write(Packed.by(compression, Arrays.copyOfRange(CONTENT, 100_000, CONTENT.length)));
    packed.write(Packed.skippable(new byte[0]));

    for (int most : new int[] {1, 1 << 20}) {
      assertThat(decoded(compression, packed.toByteArray(), most, 1 << 16)).isEqualTo(CONTENT);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void everyCutIsATruncationAtItsOffset(Compression compression) throws Exception {
    byte[] packed = Packed.by(compression, Arrays.copyOf(CONTENT, 5_000));
    for (int length = 0; length < packed.length; length += 1 + length / 100) {
      byte[] cut = Arrays.copyOf(packed, length);
      ExpectedFinding.expect(
          Reason.ARCHIVE_TRUNCATED,
          length == 0 ? "is empty" : "ends at byte " + length,
          () -> decoded(compression, cut, 1 << 20, 1 << 16));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void aCutSkippableFrameIsATruncation(Compression compression) {
    byte[] skippable = Packed.skippable(new byte[100]);

    ExpectedFinding.expect(
        Reason.ARCHIVE_TRUNCATED,
        "ends at byte 50",
        () -> decoded(compression, Arrays.copyOf(skippable, 50), 9, 1 << 16));
  }

  @ParameterizedTest
  @EnumSource(
      value = Compression.class,
      names = {"LZ4", "ZSTD"})
  void aFlippedBitIsNeverAFaultOfTheEnvironment(Compression compression) throws Exception {
    byte[] packed = Packed.by(compression, Arrays.copyOf(CONTENT, 2_000));
    for (int bit = 0; bit < packed.length * 8; bit += bit < 200 ? 1 : 37) {
      byte[] flipped = packed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        decoded(compression, flipped, 1 << 20, 1 << 16);
      } catch (FindingException e) {
        assertThat(e.finding()).as("bit %d", bit).returns(Verdict.REFUTED, Finding::verdict);
      }
    }
  }

  @Test
  void aWrongContentChecksumIsReportedInTheLibrarysWords() {
    byte[] packed = Packed.zstd(CONTENT, 0, true);
    packed[packed.length - 1] ^= 1;

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT,
        "its zstd data are invalid: Restored data doesn't match checksum",
        () -> decoded(Compression.ZSTD, packed, 1 << 20, 1 << 16));
  }

  @Test
  void aLargeWindowIsDecodedIfMemoryAllows() throws Exception {
    byte[] packed = Packed.zstd(CONTENT, 28, false);

    assertThat(decoded(Compression.ZSTD, packed, 1 << 20, 1 << 16)).isEqualTo(CONTENT);
  }

  @Test
  void aWindowLargerThanMemoryIsNotTheBackupsFault() {
    ExpectedFinding.expect(
        Reason.ENVIRONMENT,
        "base.tar.zst was compressed with zstd and a window of 2,147,483,648 bytes",
        () -> ZstdDecoder.requireMemory(1L << 31, 1L << 31, "base.tar.zst"));
    assertThat(
            ExpectedFinding.by(() -> ZstdDecoder.requireMemory(1L << 31, 1L << 31, "base.tar.zst"))
                .hint())
        .contains("zstd -dc --long=31");
    ZstdDecoder.requireMemory(1L << 31, 3L << 30, "base.tar.zst");
  }

  @Test
  void aWindowThatZstdNeverWritesIsDamage() {
    byte[] packed = Packed.zstd(CONTENT, 0, false);
    packed[5] = (byte) 0xF8;

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT,
        "more than 2 GiB",
        () -> decoded(Compression.ZSTD, packed, 1 << 20, 1 << 16));
  }

  @Test
  void anLz4FrameThatNeedsADictionaryIsRefused() {
    byte[] frame = {0x04, 0x22, 0x4D, 0x18, 0x41, 0x40, 1, 2, 3, 4, 0, 0, 0, 0, 0};

    ExpectedFinding.expect(
        Reason.ARCHIVE_CORRUPT,
        "dictionary",
        () -> decoded(Compression.LZ4, frame, 1 << 20, 1 << 16));
  }

  @Test
  void aMissingLibraryIsNamedWithItsPackage() {
    assertThatThrownBy(() -> Liblz4.load("libno-such-lz4.so.1"))
        .isInstanceOfSatisfying(
            LibraryMissingException.class,
            missing -> assertThat(missing.remedy()).isEqualTo("apt-get install -y liblz4-1"));
    assertThatThrownBy(() -> Libzstd.load("libno-such-zstd.so.1"))
        .isInstanceOfSatisfying(
            LibraryMissingException.class,
            missing -> assertThat(missing.remedy()).isEqualTo("apt-get install -y libzstd1"));
  }

  /** Counts how often a decoder's context is freed. */
  private static final class Counted implements FrameDecoder.Decoder {
    private final FrameDecoder.Decoder decoder;
    private int freed;

    Counted(FrameDecoder.Decoder decoder) {
      this.decoder = decoder;
    }

    @Override
    public String format() {
      return decoder.format();
    }

    @Override
    public int magic() {
      return decoder.magic();
    }

    @Override
    public int longestHeader() {
      return decoder.longestHeader();
    }

    @Override
    public void beginFrame(ByteBuffer header, String name) throws DataFormatException {
      decoder.beginFrame(header, name);
    }

    @Override
    public boolean decode(ByteBuffer from, ByteBuffer into) throws DataFormatException {
      assertThat(freed).isZero();
      return decoder.decode(from, into);
    }

    @Override
    public void close() {
      freed++;
      decoder.close();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aContextIsFreedOnceForSoundAndDamagedData(boolean sound) throws Exception {
    for (Counted decoder : List.of(new Counted(new Lz4Decoder()), new Counted(new ZstdDecoder()))) {
      byte[] tar = new CraftedBackup(Path.of("unwritten")).baseTar();
      byte[] packed =
          Packed.by(decoder.format().equals("lz4") ? Compression.LZ4 : Compression.ZSTD, tar);
      ByteSource source =
          new FrameDecoder(
              new Trickle(sound ? packed : Arrays.copyOf(packed, packed.length / 2), 100), decoder);
      try (TarReader members = new TarReader(source)) {
        while (members.next().isPresent()) {}
        assertThat(sound).isTrue();
      } catch (FindingException e) {
        assertThat(sound).isFalse();
      }
      source.close();

      assertThat(decoder.freed).isEqualTo(1);
      assertThatThrownBy(() -> source.read(ByteBuffer.allocateDirect(10)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static byte[] decoded(Compression compression, byte[] packed, int most, int room)
      throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer into = ByteBuffer.allocateDirect(room);
    try (ByteSource source = compression.decode(new Trickle(packed, most))) {
      while (source.read(into.clear()) >= 0) {
        byte[] piece = new byte[into.flip().remaining()];
        into.get(piece);
        bytes.write(piece);
      }
      assertThat(source.position()).isEqualTo(packed.length);
    }
    return bytes.toByteArray();
  }
}
