package io.pgproof.web.chart;

import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear scale of durations from zero to a round one.
 *
 * @param step distance of two ticks
 * @param steps number of ticks above zero
 */
record DurationScale(Duration step, int steps) {
  private static final int MOST_STEPS = 4;
  private static final int MINUTE = 60;
  private static final int HOUR = 60 * MINUTE;
  private static final int DAY = 24 * HOUR;
  private static final Duration LONGEST = Duration.ofDays(36_500_000);
  private static final List<Duration> ROUND =
      List.of(
          Duration.ofMillis(100),
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          Duration.ofMinutes(2),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(15),
          Duration.ofMinutes(30),
          Duration.ofHours(1),
          Duration.ofHours(2),
          Duration.ofHours(3),
          Duration.ofHours(6),
          Duration.ofHours(12),
          Duration.ofDays(1),
          Duration.ofDays(2),
          Duration.ofDays(5));

  /** Returns a scale that reaches the given duration, or the longest that can be drawn. */
  static DurationScale reaching(Duration most) {
    Duration end = most.compareTo(LONGEST) > 0 ? LONGEST : most;
    for (Duration step : ROUND) {
      if (step.multipliedBy(MOST_STEPS).compareTo(end) >= 0) {
        return of(step, end);
      }
    }
    Duration step = Duration.ofDays(10);
    for (int i = 0; step.multipliedBy(MOST_STEPS).compareTo(end) < 0; i++) {
      // 10, 20, 50, 100, and so on
      step = i % 3 == 1 ? step.multipliedBy(5).dividedBy(2) : step.multipliedBy(2);
    }
    return of(step, end);
  }

  private static DurationScale of(Duration step, Duration end) {
    long whole = end.dividedBy(step);
    return new DurationScale(
        step, (int) Math.max(1, step.multipliedBy(whole).compareTo(end) < 0 ? whole + 1 : whole));
  }

  Duration top() {
    return step.multipliedBy(steps);
  }

  /** Returns the ticks, zero included, from bottom to top. */
  List<Duration> ticks() {
    List<Duration> ticks = new ArrayList<>();
    for (int i = 0; i <= steps; i++) {
      ticks.add(step.multipliedBy(i));
    }
    return ticks;
  }

  /** Returns the label of a tick: {@code 6 h}, {@code 90 min}, {@code 0.5 s}. */
  String label(Duration tick) {
    if (step.toSeconds() >= DAY) {
      return tick.toDays() + " d";
    }
    if (step.toSeconds() >= HOUR) {
      return tick.toHours() + " h";
    }
    if (step.toSeconds() >= MINUTE || top().toSeconds() > 2 * MINUTE) {
      return tick.toSeconds() % MINUTE == 0
          ? tick.toMinutes() + " min"
          : HumanFormat.duration(tick);
    }
    return Svg.number(seconds(tick)) + " s";
  }

  /**
   * Returns where a duration lies between 0 at the bottom and 1 at the top; a duration beyond the
   * scale lies on its end.
   */
  double share(Duration duration) {
    return Math.min(1, Math.max(0, seconds(duration) / seconds(top())));
  }

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}
