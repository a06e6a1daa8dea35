package io.pgproof.evidence;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The whole days that a review is about, in UTC. No two reviews are about the same day.
 *
 * @param from the first day
 * @param to the last day
 */
public record ReviewPeriod(LocalDate from, LocalDate to) {
  private static final String SEPARATOR = "/";

  /**
   * @throws IllegalArgumentException if the last day is before the first
   */
  public ReviewPeriod {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("a period from " + from + " to " + to + " has no day");
    }
  }

  /**
   * Reads what {@link #key} returned.
   *
   * @throws RuntimeException for any other text
   */
  public static ReviewPeriod ofKey(String key) {
    String[] days = key.split(SEPARATOR, -1);
    if (days.length != 2) {
      throw new IllegalArgumentException(key + " is not a period such as 2026-11-01/2026-11-30");
    }
    return new ReviewPeriod(LocalDate.parse(days[0]), LocalDate.parse(days[1]));
  }

  /** Returns the form of ISO 8601, such as {@code 2026-11-01/2026-11-30}. */
  public String key() {
    return from + SEPARATOR + to;
  }

  /** Returns the beginning of the first day. */
  public Instant begin() {
    return from.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** Returns the end of the last day; exclusive. */
  public Instant end() {
    return to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** Returns the form that people read. */
  @Override
  public String toString() {
    return from.equals(to) ? from.toString() : from + " to " + to;
  }
}
