package io.pgproof.backup;

import io.pgproof.backup.binding.LibraryMissingException;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.util.Arrays;

/** How a file's bytes are compressed, as its name says. */
enum Coding {
  NONE(""),
  GZIP(".gz"),
  LZ4(".lz4"),
  ZSTD(".zst");

  private final String ending;

  Coding(String ending) {
    this.ending = ending;
  }

  String ending() {
    return ending;
  }

  static Coding of(String fileName) {
    return Arrays.stream(values()).filter(coding -> coding != NONE && fileName.endsWith(coding.ending)).findFirst().orElse(NONE);
  }

  /**
   * The decoded bytes; closing them closes {@code raw}, and so does a failure.
   *
   * @throws FindingException {@code environment} when this machine lacks the decoder's library
   */
  ByteSource decode(ByteSource raw) {
    try {
      return switch (this) {
        case NONE -> raw;
        case GZIP -> new GzipMembers(raw);
        case LZ4 -> new Frames(raw, new Lz4Decoder());
        case ZSTD -> new Frames(raw, new ZstdDecoder());
      };
    } catch (LibraryMissingException e) {
      raw.close();
      throw new FindingException(
          Finding.of(Reason.ENVIRONMENT, raw.name() + " cannot be decoded: " + e.getMessage(), e.mend(), null), e);
    }
  }
}
