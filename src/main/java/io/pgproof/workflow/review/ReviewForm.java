package io.pgproof.workflow.review;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.ServerEvent.ReviewOpened.Figures;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.ObjectiveFigures;
import io.pgproof.evidence.report.ComplianceReport.Step;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.report.FailureState;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Verdict;
import io.pgproof.workflow.model.ReviewResults;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the form of a review shows of a report. The engine takes texts of 4,000 characters. */
final class ReviewForm {
  private static final int MOST_FAILURES = 10;
  private static final int MOST_NAMED = 20;
  private static final int LONGEST_LINE = 300;

  private ReviewForm() {}

  /** Returns the variables of the form. */
  static Map<String, Object> of(DayPeriod period, ComplianceReport report) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put(ReviewResults.Variable.PERIOD, period.toString());
    form.put(ReviewResults.Variable.TARGETS, targets(report));
    form.put(ReviewResults.Variable.RUNS, runs(report));
    form.put(
        ReviewResults.Variable.DUE_TIMES,
        report.sum(target -> target.due().missed())
            + " of "
            + report.sum(target -> target.due().all())
            + " missed");
    form.put(ReviewResults.Variable.DATA_AGE, objective(report, TargetFigures::rpo));
    form.put(ReviewResults.Variable.RESTORE_TIME, objective(report, TargetFigures::rto));
    form.put(
        ReviewResults.Variable.LONGEST_UNPROVEN,
        report
            .longestUnproven()
            .map(
                target ->
                    target.target()
                        + ", "
                        + HumanFormat.duration(
                            Duration.ofSeconds(target.proofs().longestUnproven().seconds())))
            .orElse("no target"));
    form.put(ReviewResults.Variable.FAILURES, failures(report.failures()));
    form.put(ReviewResults.Variable.REPORT_COMMAND, period.reportCommand());
    return form;
  }

  /** Returns the figures for the evidence. */
  static Figures figures(ComplianceReport report) {
    Optional<TargetFigures> longest = report.longestUnproven();
    return new Figures(
        report.coverage().targets(),
        report.coverage().proven(),
        report.count(),
        count(report, Verdict.PROVEN),
        Math.toIntExact(
            report.failures().stream()
                .filter(failure -> failure.state() == FailureState.OPEN)
                .count()),
        report.sum(target -> target.due().missed()),
        longest.map(target -> target.proofs().longestUnproven().seconds()).orElse(null),
        longest.map(TargetFigures::target).orElse(null));
  }

  private static String targets(ComplianceReport report) {
    List<String> notProven = report.coverage().notProven();
    return report.coverage().proven()
        + " of "
        + report.coverage().targets()
        + " proven, "
        + report.coverage().verified()
        + " verified"
        + (notProven.isEmpty()
            ? ""
            : "; not proven: "
                + notProven.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (notProven.size() > MOST_NAMED
                    ? " and " + (notProven.size() - MOST_NAMED) + " more"
                    : ""));
  }

  private static String runs(ComplianceReport report) {
    return count(report, Verdict.PROVEN)
        + " of "
        + report.count()
        + " proven"
        + Stream.of(Verdict.STALE, Verdict.REFUTED, Verdict.INCONCLUSIVE)
            .filter(verdict -> count(report, verdict) > 0)
            .map(verdict -> ", " + count(report, verdict) + " " + verdict.word())
            .collect(Collectors.joining());
  }

  private static String objective(
      ComplianceReport report, Function<TargetFigures, ObjectiveFigures> figures) {
    int met = report.sum(target -> figures.apply(target).met());
    int missed = report.sum(target -> figures.apply(target).missed().size());
    return met + missed == 0
        ? "not measured against an objective"
        : missed + " of " + (met + missed) + " runs did not meet the objective";
  }

  private static String failures(List<Failure> failures) {
    if (failures.isEmpty()) {
      return "none";
    }
    return Stream.concat(
            failures.stream().limit(MOST_FAILURES).map(ReviewForm::failure),
            Stream.of("and " + (failures.size() - MOST_FAILURES) + " more, see the report")
                .filter(more -> failures.size() > MOST_FAILURES))
        .collect(Collectors.joining("\n"));
  }

  private static String failure(Failure failure) {
    String line =
        failure.target()
            + " "
            + failure.verdict().word()
            + " ("
            + failure.reason().code()
            + ") in run "
            + failure.run()
            + ": "
            + (failure.steps().isEmpty()
                ? failure.state().label()
                : failure.steps().stream().map(ReviewForm::step).collect(Collectors.joining(", ")));
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + " …";
  }

  private static String step(Step step) {
    return step.by()
        + " "
        + step.decision()
        + (step.reason() == null ? "" : " (" + step.reason() + ")");
  }

  private static int count(ComplianceReport report, Verdict verdict) {
    return report.sum(target -> target.count(verdict));
  }
}
