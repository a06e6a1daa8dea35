package io.pgproof.backup.archive;

import io.pgproof.backup.binding.LibraryMissingException;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a file's bytes are compressed. */
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

  /** For a person. */
  public String word() {
    return this == NONE ? "it is a plain tar" : "it is by " + name().toLowerCase(Locale.ROOT);
  }

  /** As {@code pg_basebackup} names it. */
  public String ending() {
    return endings.get(0);
  }

  /** What the ending of a file's name says. */
  public static Compression of(String fileName) {
    return Arrays.stream(values())
        .filter(coding -> coding != NONE && coding.endings.stream().anyMatch(fileName::endsWith))
        .findFirst()
        .orElse(NONE);
  }

  /**
   * What a file's first bytes say, because people compress without an ending, and rename what is
   * compressed.
   *
   * @return empty where they are of no coding, so that the name alone can tell
   */
  static Optional<Compression> in(byte[] firstBytes, String fileName) {
    if (FirstBytes.isSkippableFrame(firstBytes)) {
      return Optional.of(of(fileName) == LZ4 ? LZ4 : ZSTD);
    }
    return Arrays.stream(values())
        .filter(coding -> coding != NONE && FirstBytes.begin(firstBytes, coding.magic))
        .findFirst();
  }

  /**
   * The decoded bytes; closing them closes {@code raw}, and so does a failure.
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
          Finding.of(
              Reason.ENVIRONMENT,
              raw.name() + " cannot be decoded: " + e.getMessage(),
              e.mend(),
              null),
          e);
    }
  }
}
