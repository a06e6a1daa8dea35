package io.pgproof.backup.format;

import java.util.regex.Pattern;

/**
 * One WAL segment by its place in the log.
 *
 * @param timeline it was written on
 * @param number position of its first byte divided by the segment's size
 */
public record WalSegment(int timeline, long number) {
  private static final Pattern NAME = Pattern.compile("[0-9A-F]{24}");
  private static final int SMALLEST = 1 << 20;
  private static final int LARGEST = 1 << 30;

  public static boolean isName(String fileName) {
    return NAME.matcher(fileName).matches();
  }

  /**
   * Whether {@code initdb --wal-segsize} could have set this size: a power of two from 1 MiB to 1
   * GiB.
   */
  static boolean isSize(int bytes) {
    return bytes >= SMALLEST && bytes <= LARGEST && Integer.bitCount(bytes) == 1;
  }

  /**
   * The segment with this file name.
   *
   * @param name for which {@link #isName} holds
   */
  public static WalSegment parse(String name, int segmentSize) {
    long high = Long.parseLong(name.substring(8, 16), 16);
    long low = Long.parseLong(name.substring(16, 24), 16);
    return new WalSegment(timeline(name), high * perFourGigabytes(segmentSize) + low);
  }

  /** The timeline in a file name for which {@link #isName} holds. */
  public static int timeline(String name) {
    return Integer.parseUnsignedInt(name.substring(0, 8), 16);
  }

  public static WalSegment holding(int timeline, Lsn lsn, int segmentSize) {
    return new WalSegment(timeline, Long.divideUnsigned(lsn.position(), segmentSize));
  }

  /** The segment with the last byte before this position, which is where a range of WAL ends. */
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
    long each = perFourGigabytes(segmentSize);
    return String.format("%08X%08X%08X", timeline, number / each, number % each);
  }

  private static long perFourGigabytes(int segmentSize) {
    return 0x1_0000_0000L / segmentSize;
  }
}
