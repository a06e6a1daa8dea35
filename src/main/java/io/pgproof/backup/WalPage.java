package io.pgproof.backup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The long header with which every WAL segment begins (source: {@code src/include/access/xlog_internal.h}).
 *
 * @param major major version of PostgreSQL that wrote it
 * @param timeline on which it was written
 * @param start position in the log of the segment's first byte
 * @param systemIdentifier unsigned
 * @param segmentSize in bytes
 */
record WalPage(int major, int timeline, Lsn start, String systemIdentifier, int segmentSize) {
  /** Bytes that {@link #parse} needs. */
  static final int HEADER = 40;

  private static final int LONG_HEADER = 0x0002;

  /** Empty where the bytes are no long header of a version that is known. */
  static Optional<WalPage> parse(byte[] first) {
    if (first.length < HEADER) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
    int major = major(Short.toUnsignedInt(bytes.getShort(0)));
    int segmentSize = bytes.getInt(32);
    boolean plausible = major > 0
        && (bytes.getShort(2) & LONG_HEADER) != 0
        && WalSegment.isSize(segmentSize);
    return plausible
        ? Optional.of(new WalPage(
            major, bytes.getInt(4), new Lsn(bytes.getLong(8)), Long.toUnsignedString(bytes.getLong(24)), segmentSize))
        : Optional.empty();
  }

  private static int major(int magic) {
    return switch (magic) {
      case 0xD097 -> 10;
      case 0xD098 -> 11;
      case 0xD101 -> 12;
      case 0xD106 -> 13;
      case 0xD10D -> 14;
      case 0xD110 -> 15;
      case 0xD113 -> 16;
      case 0xD116 -> 17;
      case 0xD118 -> 18;
      default -> 0;
    };
  }
}
