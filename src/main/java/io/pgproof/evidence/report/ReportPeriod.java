package io.pgproof.evidence.report;

import io.pgproof.proof.Mistakes;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * The days that a report is about, in UTC.
 *
 * @param from the first day
 * @param to the last day; the report includes the whole of it, or what has passed of it
 */
public record ReportPeriod(LocalDate from, LocalDate to) {
  private static final LocalDate EARLIEST = LocalDate.parse("2000-01-01");

  /**
   * @throws IllegalArgumentException if the last day is before the first
   */
  public ReportPeriod {
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
  public static ReportPeriod read(
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
    return new ReportPeriod(first.orElseThrow(), last.orElseThrow());
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

  /** Returns the beginning of the first day. */
  Instant begin() {
    return from.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** Returns the end of the last day, or {@code now} if that is earlier; exclusive. */
  Instant end(Instant now) {
    Instant end = to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant last = now.isBefore(end) ? now : end;
    return last.isBefore(begin()) ? begin() : last;
  }
}
