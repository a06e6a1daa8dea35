package io.pgproof.evidence.runs;

import java.time.Instant;

/**
 * Makes values fit into their columns, because a row that does not fit must not keep evidence from
 * being recorded.
 */
final class Fitting {
  private static final Instant EARLIEST = Instant.parse("0001-01-02T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-30T00:00:00Z");

  private Fitting() {}

  /**
   * Returns the text without NUL characters, which PostgreSQL cannot store, shortened to that many
   * characters.
   */
  static String text(String text, int most) {
    String whole = text.replace('\0', ' ');
    if (whole.length() <= most) {
      return whole;
    }
    // A pair of surrogates is not cut in two.
    int end = Character.isHighSurrogate(whole.charAt(most - 2)) ? most - 2 : most - 1;
    return whole.substring(0, end) + "…";
  }

  /** Returns the time, or the nearest one that both databases can store. */
  static Instant time(Instant time) {
    return time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
  }
}
