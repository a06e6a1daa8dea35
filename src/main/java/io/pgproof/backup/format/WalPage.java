package io.pgproof.backup.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The long header at the beginning of every WAL segment (source: {@code
 * src/include/access/xlog_internal.h}).
 *
 * @param version of PostgreSQL that wrote it
 * @param timeline on which it was written
 * @param start log position of the segment's first byte
 * @param systemIdentifier unsigned
 * @param segmentSize in bytes
 * @param pageSize in bytes
 * @param continued bytes still to come of a record from the previous segment; 0 when a record
 *     begins here
 */
public record WalPage(
    PostgresVersion version,
    int timeline,
    Lsn start,
    String systemIdentifier,
    int segmentSize,
    int pageSize,
    long continued) {
  /** Bytes that {@link #parse} needs. */
  public static final int HEADER = 40;

  private static final int CONTINUED = 0x0001;
  private static final int LONG_HEADER = 0x0002;
  private static final int SHORT_HEADER = 24;
  private static final int ALL_FLAGS = 0x000F;

  /** Returns empty when the bytes are not a long header of a known version. */
  public static Optional<WalPage> parse(byte[] first) {
    if (first.length < HEADER) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
    Optional<PostgresVersion> version = version(bytes);
    int segmentSize = bytes.getInt(32);
    boolean plausible =
        version.isPresent()
            && (bytes.getShort(2) & LONG_HEADER) != 0
            && WalSegment.isSize(segmentSize)
            && isPageSize(bytes.getInt(36));
    return plausible
        ? Optional.of(
            new WalPage(
                version.get(),
                bytes.getInt(4),
                new Lsn(bytes.getLong(8)),
                Long.toUnsignedString(bytes.getLong(24)),
                segmentSize,
                bytes.getInt(36),
                (bytes.getShort(2) & CONTINUED) != 0
                    ? Integer.toUnsignedLong(bytes.getInt(16))
                    : 0))
        : Optional.empty();
  }

  /** Returns whether the record from the previous segment continues into the next segment. */
  public boolean continuesBeyond() {
    long pages = segmentSize / pageSize;
    return continued > segmentSize - HEADER - (pages - 1) * SHORT_HEADER;
  }

  /** Returns whether these bytes begin as any page of the log does, inside or outside a segment. */
  public static boolean isFirstPage(byte[] page) {
    if (page.length < SHORT_HEADER) {
      return false;
    }
    ByteBuffer bytes = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    return version(bytes).isPresent()
        && (bytes.getShort(2) & ~ALL_FLAGS) == 0
        && bytes.getInt(4) != 0
        && bytes.getLong(8) % (1 << 10) == 0;
  }

  private static boolean isPageSize(int bytes) {
    return bytes >= 1 << 10 && bytes <= 64 << 10 && Integer.bitCount(bytes) == 1;
  }

  private static Optional<PostgresVersion> version(ByteBuffer page) {
    return PostgresVersion.ofWalPage(Short.toUnsignedInt(page.getShort(0)));
  }
}
