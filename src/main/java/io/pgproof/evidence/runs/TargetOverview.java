package io.pgproof.evidence.runs;

import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What the runs of one target add up to. A target of the configuration that never had a verdict has
 * none; one that left the configuration keeps its own.
 *
 * @param last the run with the last verdict
 * @param provenAt when the target was last proven; empty if never
 * @param days the last {@link #DAYS} days, oldest first
 * @param series the last {@link #POINTS} runs with a verdict in these days, oldest first
 */
public record TargetOverview(
    String target,
    RunSummary last,
    Optional<Instant> provenAt,
    List<DayVerdict> days,
    List<Measured> series) {
  /** How many days an overview covers. */
  public static final int DAYS = 90;

  /** How many runs a series has at most. */
  public static final int POINTS = 30;

  public TargetOverview {
    days = List.copyOf(days);
    series = List.copyOf(series);
  }

  /**
   * One day in UTC.
   *
   * @param verdict the gravest verdict that was reached on it; empty for a day without one
   */
  public record DayVerdict(LocalDate day, Optional<Verdict> verdict) {}

  /**
   * What one run measured.
   *
   * @param at when its verdict was recorded, to the second
   * @param age see {@link RunSummary.Outcome#age}
   * @param restoreTime see {@link RunSummary.Outcome#restoreTime}
   */
  public record Measured(Instant at, Optional<Duration> age, Optional<Duration> restoreTime) {}
}
