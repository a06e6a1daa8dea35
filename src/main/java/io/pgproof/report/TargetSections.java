package io.pgproof.report;

import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.ObjectiveFigures;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.report.ComplianceReport.Unproven;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tables that have a row for each target. */
final class TargetSections {
  private TargetSections() {}

  /**
   * @param verdict {@code null} for runs without one
   */
  private record Result(
      String target, @Nullable Verdict verdict, String reason, List<String> runs) {}

  static Section results(List<TargetFigures> targets) {
    List<Result> results = new ArrayList<>();
    for (TargetFigures target : targets) {
      target
          .results()
          .forEach(
              result ->
                  results.add(
                      new Result(
                          target.target(),
                          result.verdict(),
                          result.reason().code(),
                          result.runs())));
      if (!target.withoutVerdict().isEmpty()) {
        results.add(new Result(target.target(), null, "–", target.withoutVerdict()));
      }
    }
    return Section.of(
        "results",
        "Results",
        "A run counts in the period in which its verdict was recorded. A run without a verdict counts"
            + " in the period in which it was requested.",
        List.of("Target", "Verdict", "Reason", "Runs", "Which"),
        results,
        result ->
            List.of(
                Cell.text(result.target()),
                result.verdict() == null ? Cell.text("no verdict") : Cell.verdict(result.verdict()),
                Cell.word(result.reason()),
                Cell.count(result.runs().size()),
                Cell.text("").of(result.runs())),
        Comparator.<Result, Boolean>comparing(result -> result.verdict() == Verdict.PROVEN)
            .thenComparing(Result::verdict, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(result -> -result.runs().size()),
        "the gravest verdicts first",
        "No run of these targets ended in the period.");
  }

  static Section unproven(List<TargetFigures> targets) {
    return Section.of(
        "unproven",
        "Longest time unproven",
        "The longest part of the period between two proofs, or between a proof and the beginning or"
            + " the end of the period. A target that was not proven in the period counts for the whole"
            + " of it.",
        List.of("Target", "Longest", "From", "Until", "Last proof in the period", "Last before it"),
        targets,
        TargetSections::unproven,
        Comparator.comparingLong(target -> -target.proofs().longestUnproven().seconds()),
        "the longest first",
        "The report is about no target.");
  }

  private static List<Cell> unproven(TargetFigures target) {
    Unproven longest = target.proofs().longestUnproven();
    return List.of(
        Cell.text(target.target()),
        Cell.duration(longest.seconds()),
        Cell.time(longest.from())
            .of(longest.fromRun() == null ? List.of() : List.of(longest.fromRun())),
        Cell.time(longest.until())
            .of(longest.untilRun() == null ? List.of() : List.of(longest.untilRun())),
        Cell.proof(target.proofs().last()),
        Cell.proof(target.proofs().before()));
  }

  static Section schedule(List<TargetFigures> targets) {
    return Section.of(
        "schedule",
        "Schedule",
        "On time: a run began within a minute after the due time. Missed: no run of its own began in"
            + " time. The schedule is that of the configuration when the report was made.",
        List.of("Target", "Schedule", "Due", "On time", "Missed"),
        targets.stream()
            .filter(target -> target.schedule() != null || target.due().all() > 0)
            .toList(),
        target ->
            List.of(
                Cell.text(target.target()),
                Cell.text(target.schedule() == null ? "–" : target.schedule()),
                Cell.count(target.due().all()),
                Cell.count(target.due().onTime()),
                Cell.count(target.due().missed())),
        Comparator.comparingInt(target -> -target.due().missed()),
        "those that missed most first",
        "No target has a schedule, and none was due in the period.");
  }

  private record Missed(String target, Gap gap) {}

  static Section missed(List<TargetFigures> targets) {
    return Section.of(
        "missed",
        "Due times that were missed",
        "pgproof notices a missed due time when it works again. Due times that were missed together"
            + " count as a whole in each period that they reach into.",
        List.of("Target", "First due", "Due times", "pgproof", "What happened"),
        targets.stream()
            .flatMap(
                target -> target.due().gaps().stream().map(gap -> new Missed(target.target(), gap)))
            .toList(),
        missed ->
            List.of(
                Cell.text(missed.target()),
                Cell.time(missed.gap().since()),
                Cell.count(missed.gap().times()),
                Cell.text(cause(missed.gap())),
                Cell.text(
                        missed.gap().lateSeconds() == null
                            ? "skipped: the run before had no verdict yet"
                            : "a run began "
                                + HumanFormat.duration(
                                    Duration.ofSeconds(missed.gap().lateSeconds()))
                                + " late")
                    .of(List.of(missed.gap().run()))),
        Comparator.<Missed>comparingInt(missed -> -missed.gap().times())
            .thenComparing(missed -> missed.gap().since(), Comparator.reverseOrder()),
        "the most due times first",
        "No due time was missed.");
  }

  private static String cause(Gap gap) {
    return gap.serverDown() == null ? "–" : gap.serverDown() ? "was down" : "was running";
  }

  static Section objective(
      String id,
      String title,
      String note,
      List<TargetFigures> targets,
      Function<TargetFigures, ObjectiveFigures> figures) {
    return Section.of(
        id,
        title,
        note + " 95th percentile: the smallest value that at least 95 of 100 runs do not exceed.",
        List.of("Target", "Objective", "Measured", "95th percentile", "Worst", "Not met"),
        targets,
        target -> objective(target, figures.apply(target)),
        Comparator.<TargetFigures>comparingInt(target -> -figures.apply(target).missed().size())
            .thenComparing(target -> -worst(figures.apply(target))),
        "those that missed the objective most often first",
        "The report is about no target.");
  }

  private static long worst(ObjectiveFigures figures) {
    return figures.worst() == null ? -1 : figures.worst().seconds();
  }

  private static List<Cell> objective(TargetFigures target, ObjectiveFigures measured) {
    return List.of(
        Cell.text(target.target()),
        Cell.duration(measured.objectiveSeconds()),
        Cell.text(measured.measured() + " of " + target.count() + " runs"),
        Cell.sample(measured.percentile95()),
        Cell.sample(measured.worst()),
        Cell.text(
                measured.met() + measured.missed().size() == 0
                    ? "–"
                    : Integer.toString(measured.missed().size()))
            .of(measured.missed()));
  }
}
