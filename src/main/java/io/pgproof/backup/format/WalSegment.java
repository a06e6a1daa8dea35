package io.pgproof.backup.format;

import java.util.regex.Pattern;

/**
 * One WAL segment, identified by its place in the log.
 *
 * @param timeline on which it was written
 * @param number position of its first byte divided by the segment size
 */
public record WalSegment(int timeline, long number) {
  private static final Pattern NAME = Pattern.compile("[0-9A-F]{24}");
  private static final int SMALLEST = 1 << 20;
  private static final int LARGEST = 1 << 30;

  public static boolean isName(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  /**
   * Returns whether {@code initdb --wal-segsize} accepts this size: a power of two from 1 MiB to 1
   * GiB.
   */
  static boolean isSize(int bytes) {
    return bytes >= SMALLEST && bytes <= LARGEST && Integer.bitCount(bytes) == 1;
  }

  /**
   * Returns the segment with this file name.
   *
   * @param name a name for which {@link #isName} is true
   */
  public static WalSegment parse(String name, int segmentSize) {
    long high = Long.parseLong(name.substring(8, 16), 16);
    long low = Long.parseLong(name.substring(16, 24), 16);
    return new WalSegment(timeline(name), high * segmentsPerXlogId(segmentSize) + low);
  }

  /** Returns the timeline in a file name for which {@link #isName} is true. */
  public static int timeline(String name) {
    return Integer.parseUnsignedInt(name.substring(0, 8), 16);
  }

  public static WalSegment holding(int timeline, Lsn lsn, int segmentSize) {
    return new WalSegment(timeline, Long.divideUnsigned(lsn.position(), segmentSize));
  }

  /**
   * Returns the segment that holds the last byte before this position, where a range of WAL ends.
   */
  public static WalSegment before(int timeline, Lsn end, int segmentSize) {
    return holding(timeline, new Lsn(end.position() - 1), segmentSize);
  }

  public WalSegment next() {
    return new WalSegment(timeline, number + 1);
  }

  public Lsn start(int segmentSize) {
    return new Lsn(number * segmentSize);
  }

  public String name(int segmentSize) {
    long each = segmentsPerXlogId(segmentSize);
    return String.format("%08X%08X%08X", timeline, number / each, number % each);
  }

  private static long segmentsPerXlogId(int segmentSize) {
    return 0x1_0000_0000L / segmentSize;
  }
}
