package io.pgproof.backup.archive;

import io.pgproof.backup.binding.LibraryMissingException;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** The compression of a file. */
public enum Compression {
  NONE(List.of(""), ""),
  GZIP(List.of(".gz", ".gzip", ".tgz", ".taz"), "1f 8b"),
  LZ4(List.of(".lz4", ".tlz4"), "04 22 4d 18"),
  ZSTD(List.of(".zst", ".zstd", ".tzst"), "28 b5 2f fd");

  private final List<String> endings;
  private final byte[] magic;

  Compression(List<String> endings, String magic) {
    this.endings = endings;
    this.magic = FirstBytes.of(magic);
  }

  /** Returns words for a message. */
  public String word() {
    return this == NONE
        ? "it is a plain tar"
        : "it is compressed with " + name().toLowerCase(Locale.ROOT);
  }

  /** Returns the ending as {@code pg_basebackup} writes it. */
  public String ending() {
    return endings.get(0);
  }

  /** Returns the compression that the ending of a file's name states. */
  public static Compression of(String fileName) {
    return Arrays.stream(values())
        .filter(coding -> coding != NONE && coding.endings.stream().anyMatch(fileName::endsWith))
        .findFirst()
        .orElse(NONE);
  }

  /**
   * Returns the compression that a file's first bytes show, because people compress without an
   * ending and rename compressed files.
   *
   * @return empty when they match no compression, so that only the name can decide
   */
  static Optional<Compression> detect(byte[] firstBytes, String fileName) {
    if (FirstBytes.isSkippableFrame(firstBytes)) {
      return Optional.of(of(fileName) == LZ4 ? LZ4 : ZSTD);
    }
    return Arrays.stream(values())
        .filter(coding -> coding != NONE && FirstBytes.startWith(firstBytes, coding.magic))
        .findFirst();
  }

  /**
   * Returns a stream that compresses quickly rather than well; closing it ends the compressed data
   * and closes {@code into}.
   *
   * @throws LibraryMissingException when this machine lacks the encoder's library
   */
  public OutputStream encode(OutputStream into) throws IOException {
    return switch (this) {
      case NONE -> into;
      case GZIP -> new FastGzip(into);
      case LZ4 -> new Lz4Encoder(into);
      case ZSTD -> new ZstdEncoder(into);
    };
  }

  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream into) throws IOException {
      super(into, 64 * 1024);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  /**
   * Returns the decoded bytes; closing them, or a failure, closes {@code raw}.
   *
   * @throws FindingException {@code environment} when this machine lacks the decoder's library
   */
  public ByteSource decode(ByteSource raw) {
    try {
      return switch (this) {
        case NONE -> raw;
        case GZIP -> new GzipDecoder(raw);
        case LZ4 -> new FrameDecoder(raw, new Lz4Decoder());
        case ZSTD -> new FrameDecoder(raw, new ZstdDecoder());
      };
    } catch (LibraryMissingException e) {
      raw.close();
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              raw.name() + " cannot be decoded: " + e.getMessage(),
              e.remedy(),
              null),
          e);
    }
  }
}
