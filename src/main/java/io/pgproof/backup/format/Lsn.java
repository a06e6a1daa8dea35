package io.pgproof.backup.format;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log sequence number: an unsigned byte position in the write-ahead log, printed as PostgreSQL
 * prints it: {@code 0/5000028}.
 */
public record Lsn(long position) implements Comparable<Lsn> {
  private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

  /**
   * @throws IllegalArgumentException when the text is not an LSN
   */
  public static Lsn parse(String text) {
    Matcher halves = FORM.matcher(text);
    if (!halves.matches()) {
      throw new IllegalArgumentException(text + " is not an LSN such as 0/5000028");
    }
    return new Lsn(
        Long.parseUnsignedLong(halves.group(1), 16) << 32
            | Long.parseUnsignedLong(halves.group(2), 16));
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(position, other.position);
  }

  @Override
  public String toString() {
    return String.format("%X/%X", position >>> 32, position & 0xFFFF_FFFFL);
  }
}
