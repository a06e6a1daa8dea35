package io.pgproof.web.page.target;

import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.web.chart.Day;
import io.pgproof.web.chart.DayCells;
import io.pgproof.web.chart.Phase;
import io.pgproof.web.chart.PhaseChart;
import io.pgproof.web.chart.Point;
import io.pgproof.web.chart.SeriesChart;
import io.pgproof.web.chart.SparkLine;
import io.pgproof.web.chart.VerdictTimeline;
import io.pgproof.web.view.TargetDetails;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Draws what is known about a target; each method returns markup that needs no escaping. */
final class TargetCharts {
  private static final String AGE = "Data age";
  private static final String RESTORE_TIME = "Restore time";
  private static final String LIMIT = "limit";
  private static final String OBJECTIVE = "objective";

  /** More stacks than this cannot be told apart. */
  private static final int MOST_STACKS = 40;

  private TargetCharts() {}

  private static List<Day> days(TargetOverview overview) {
    return overview.days().stream().map(day -> new Day(day.day(), day.verdict())).toList();
  }

  static String compactDays(TargetOverview overview) {
    return DayCells.compact(overview.target(), days(overview));
  }

  static String wideDays(TargetOverview overview) {
    return DayCells.wide(overview.target(), days(overview));
  }

  static String ageLine(TargetOverview overview, Optional<Duration> limit) {
    return line(
        AGE,
        overview.series().stream().map(run -> new Point(run.at(), run.age())).toList(),
        limit,
        LIMIT);
  }

  static String restoreTimeLine(TargetOverview overview, Optional<Duration> objective) {
    return line(
        RESTORE_TIME,
        overview.series().stream().map(run -> new Point(run.at(), run.restoreTime())).toList(),
        objective,
        OBJECTIVE);
  }

  private static String line(
      String title, List<Point> points, Optional<Duration> limit, String limitName) {
    Instant from = points.isEmpty() ? Instant.EPOCH : points.get(0).at();
    Instant until = points.isEmpty() ? Instant.EPOCH : points.get(points.size() - 1).at();
    return SparkLine.draw(title, points, limit, limitName, from, until);
  }

  static String ages(TargetDetails details, Optional<Duration> limit) {
    return SeriesChart.draw(
        AGE,
        details.ended().stream()
            .flatMap(run -> run.outcome().stream())
            .map(outcome -> new Point(outcome.at(), outcome.age()))
            .toList(),
        limit,
        LIMIT,
        details.from(),
        details.now());
  }

  static String restoreTimes(TargetDetails details, Optional<Duration> objective) {
    return SeriesChart.draw(
        RESTORE_TIME,
        details.ended().stream()
            .flatMap(run -> run.outcome().stream())
            .map(outcome -> new Point(outcome.at(), outcome.restoreTime()))
            .toList(),
        objective,
        OBJECTIVE,
        details.from(),
        details.now());
  }

  static String phases(TargetDetails details) {
    List<RunSummary> runs = details.ended();
    return PhaseChart.stacks(
        "Phases of the last runs",
        runs.subList(Math.max(0, runs.size() - MOST_STACKS), runs.size()).stream()
            .flatMap(run -> run.outcome().stream())
            .map(
                outcome ->
                    new PhaseChart.Stack(
                        outcome.at(),
                        outcome.phases().stream()
                            .map(
                                phase -> new Phase(phase.name(), Duration.ofMillis(phase.millis())))
                            .toList()))
            .toList());
  }

  static String verdicts(TargetDetails details) {
    return VerdictTimeline.draw(
        "Verdicts",
        details.ended().stream()
            .flatMap(run -> run.outcome().stream())
            .map(outcome -> new VerdictTimeline.Mark(outcome.at(), outcome.verdict()))
            .toList(),
        details.waivers().stream()
            .map(waiver -> new VerdictTimeline.Band(waiver.from(), waiver.until(), waiver.by()))
            .toList(),
        details.from(),
        details.now());
  }
}
