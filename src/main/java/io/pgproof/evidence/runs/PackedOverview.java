package io.pgproof.evidence.runs;

import io.pgproof.evidence.runs.TargetOverview.DayVerdict;
import io.pgproof.evidence.runs.TargetOverview.Measured;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text form of days and series, so that the overview of all targets needs one short row for
 * each.
 *
 * <p>A day is the first letter of its verdict, or {@code -}. A run of a series is its time in
 * seconds since 1970, the age in seconds and the restore time in milliseconds, with {@code -} where
 * nothing was measured: {@code 1767225600 3600 41500;1767312000 - -}.
 */
final class PackedOverview {
  private static final char NONE = '-';

  private static final Map<Character, Verdict> BY_LETTER =
      Arrays.stream(Verdict.values())
          .collect(Collectors.toMap(PackedOverview::letter, verdict -> verdict));

  private PackedOverview() {}

  private static char letter(Verdict verdict) {
    return verdict.word().charAt(0);
  }

  /** Packs the {@link TargetOverview#DAYS} days up to the given one. */
  static String packDays(Map<LocalDate, Verdict> verdicts, LocalDate until) {
    StringBuilder days = new StringBuilder();
    for (int back = TargetOverview.DAYS - 1; back >= 0; back--) {
      Verdict verdict = verdicts.get(until.minusDays(back));
      days.append(verdict == null ? NONE : letter(verdict));
    }
    return days.toString();
  }

  /**
   * Unpacks the {@link TargetOverview#DAYS} days up to {@code last}.
   *
   * @param until the day that the last letter stands for
   */
  static List<DayVerdict> unpackDays(String packed, LocalDate until, LocalDate last) {
    List<DayVerdict> days = new ArrayList<>(TargetOverview.DAYS);
    LocalDate first = last.minusDays(TargetOverview.DAYS - 1);
    int at = packed.length() - 1 - (int) ChronoUnit.DAYS.between(first, until);
    for (int day = 0; day < TargetOverview.DAYS; day++, at++) {
      char letter = at >= 0 && at < packed.length() ? packed.charAt(at) : NONE;
      days.add(new DayVerdict(first.plusDays(day), Optional.ofNullable(BY_LETTER.get(letter))));
    }
    return days;
  }

  static String packSeries(List<Measured> series) {
    return series.stream()
        .map(
            run ->
                run.at().getEpochSecond()
                    + " "
                    + run.age().map(age -> Long.toString(age.toSeconds())).orElse("-")
                    + " "
                    + run.restoreTime().map(time -> Long.toString(time.toMillis())).orElse("-"))
        .collect(Collectors.joining(";"));
  }

  /** Unpacks the runs of the {@link TargetOverview#DAYS} days up to {@code last}. */
  static List<Measured> unpackSeries(String packed, LocalDate last) {
    long first =
        last.minusDays(TargetOverview.DAYS - 1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    List<Measured> series = new ArrayList<>();
    int from = 0;
    while (from < packed.length()) {
      int end = packed.indexOf(';', from);
      end = end < 0 ? packed.length() : end;
      int age = packed.indexOf(' ', from) + 1;
      int restoreTime = packed.indexOf(' ', age) + 1;
      long at = Long.parseLong(packed, from, age - 1, 10);
      if (at >= first) {
        series.add(
            new Measured(
                Instant.ofEpochSecond(at),
                number(packed, age, restoreTime - 1).map(Duration::ofSeconds),
                number(packed, restoreTime, end).map(Duration::ofMillis)));
      }
      from = end + 1;
    }
    return series;
  }

  private static Optional<Long> number(String packed, int from, int end) {
    // A negative number has a digit after its sign.
    return end - from == 1 && packed.charAt(from) == NONE
        ? Optional.empty()
        : Optional.of(Long.parseLong(packed, from, end, 10));
  }
}
