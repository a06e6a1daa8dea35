package io.pgproof.evidence;

import io.pgproof.proof.Launcher;
import io.pgproof.proof.Mistakes;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Whole days in UTC that a report or a review is about. No two reviews are about the same day.
 *
 * @param from the first day
 * @param to the last day
 */
public record DayPeriod(LocalDate from, LocalDate to) {
  private static final String SEPARATOR = "/";
  private static final LocalDate EARLIEST = LocalDate.parse("2000-01-01");

  /**
   * @throws IllegalArgumentException if the last day is before the first
   */
  public DayPeriod {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException("a period from " + from + " to " + to + " has no day");
    }
  }

  /**
   * Reads a period that a person wrote.
   *
   * @param fromPlace where the first day was written, such as {@code --from}
   * @param toPlace where the last day was written, such as {@code --to}
   * @param today the last day that a period may have, in UTC
   * @throws io.pgproof.proof.UsageException {@code bad-option} with every mistake in it
   */
  public static DayPeriod read(
      String fromPlace, String from, String toPlace, String to, LocalDate today) {
    Mistakes mistakes = new Mistakes();
    Optional<LocalDate> first = day(fromPlace, from, today, mistakes);
    Optional<LocalDate> last = day(toPlace, to, today, mistakes);
    if (first.isPresent() && last.isPresent() && last.get().isBefore(first.get())) {
      mistakes.add(
          fromPlace + " is " + first.get() + ", and " + toPlace + " is earlier: " + last.get());
    }
    mistakes.throwIfAny(
        "give the first and the last day of the period in UTC, such as "
            + fromPlace
            + " "
            + today.minusMonths(1).withDayOfMonth(1)
            + " and "
            + toPlace
            + " "
            + today.withDayOfMonth(1).minusDays(1));
    return new DayPeriod(first.orElseThrow(), last.orElseThrow());
  }

  private static Optional<LocalDate> day(
      String place, String text, LocalDate today, Mistakes mistakes) {
    try {
      LocalDate day = LocalDate.parse(text.strip());
      if (!day.isBefore(EARLIEST) && !day.isAfter(today)) {
        return Optional.of(day);
      }
    } catch (DateTimeParseException e) {
      // Reported below, with what is allowed.
    }
    mistakes.add(
        Mistakes.notAllowed(place, text, "a day from " + EARLIEST + " to " + today + " (today)"));
    return Optional.empty();
  }

  /**
   * Reads what {@link #key} returned.
   *
   * @throws RuntimeException for any other text
   */
  public static DayPeriod ofKey(String key) {
    String[] days = key.split(SEPARATOR, -1);
    if (days.length != 2) {
      throw new IllegalArgumentException(key + " is not a period such as 2026-11-01/2026-11-30");
    }
    return new DayPeriod(LocalDate.parse(days[0]), LocalDate.parse(days[1]));
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

  /** Returns the end of the last day, or {@code now} if that is earlier; exclusive. */
  public Instant end(Instant now) {
    Instant last = now.isBefore(end()) ? now : end();
    return last.isBefore(begin()) ? begin() : last;
  }

  /** Returns the command that writes the report about these days. */
  public String reportCommand() {
    return Launcher.COMMAND + " report --from " + from + " --to " + to + " --out report.html";
  }

  /** Returns the form that people read. */
  @Override
  public String toString() {
    return from.equals(to) ? from.toString() : from + " to " + to;
  }
}
