package io.pgproof.report;

import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReport.Coverage;
import io.pgproof.evidence.report.ComplianceReport.Failure;
import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.NegativeControl;
import io.pgproof.evidence.report.ComplianceReport.ObjectiveFigures;
import io.pgproof.evidence.report.ComplianceReport.ReviewFacts;
import io.pgproof.evidence.report.ComplianceReport.Step;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.evidence.report.ComplianceReport.Unproven;
import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tables of a report, in their order. */
final class Sections {
  private Sections() {}

  static List<Section> of(ComplianceReport report) {
    return List.of(
        coverage(report.coverage()),
        results(report.targets()),
        unproven(report.targets()),
        schedule(report.targets()),
        missed(report.targets()),
        objective(
            "age",
            "Data age (RPO)",
            "Age of the newest data in the backup when it was verified, against the maximum age that"
                + " the run had.",
            report.targets(),
            TargetFigures::rpo),
        objective(
            "restore-time",
            "Restore time (RTO)",
            "Restore, start and recovery on the machine that verified, against the objective that the"
                + " run had. Begun seconds count.",
            report.targets(),
            TargetFigures::rto),
        failures(report.failures()),
        waivers(report),
        negativeControls(report),
        reviews(report),
        controls(report));
  }

  private static Section coverage(Coverage coverage) {
    List<List<Cell>> rows = new ArrayList<>();
    rows.add(List.of(Cell.text("in the report"), Cell.count(coverage.targets()), Cell.text("all")));
    if (coverage.configured() != null) {
      rows.add(
          List.of(
              Cell.text("configured"),
              Cell.count(coverage.configured()),
              names("all", "missing: ", coverage.notConfigured())));
    }
    rows.add(
        List.of(
            Cell.text("verified"),
            Cell.count(coverage.verified()),
            names("all", "missing: ", coverage.notVerified())));
    rows.add(
        List.of(
            Cell.text("proven"),
            Cell.count(coverage.proven()),
            names("all", "missing: ", coverage.notProven())));
    return new Section(
        "coverage",
        "Coverage",
        List.of(
            "Verified: at least one run of the period ended proven, stale or refuted; an inconclusive"
                + " run is no result. Proven: at least one run of the period was proven. Configured:"
                + " in the configuration when the report was made."),
        List.of("Targets", "Number", "Which"),
        rows,
        "");
  }

  private static Cell names(String none, String some, List<String> names) {
    return Cell.prose(names.isEmpty() ? none : some + String.join(", ", names));
  }

  private static Section results(List<TargetFigures> targets) {
    List<List<Cell>> rows = new ArrayList<>();
    for (TargetFigures target : targets) {
      target
          .results()
          .forEach(
              result ->
                  rows.add(
                      List.of(
                          Cell.text(target.target()),
                          Cell.verdict(result.verdict()),
                          Cell.text(result.reason().code()),
                          Cell.count(result.count()),
                          Cell.text("").of(result.runs()))));
      if (!target.withoutVerdict().isEmpty()) {
        rows.add(
            List.of(
                Cell.text(target.target()),
                Cell.text("no verdict"),
                Cell.text("–"),
                Cell.count(target.withoutVerdict().size()),
                Cell.text("").of(target.withoutVerdict())));
      }
    }
    return new Section(
        "results",
        "Results",
        List.of(
            "A run counts in the period in which its verdict was recorded. A run without a verdict"
                + " counts in the period in which it was requested."),
        List.of("Target", "Verdict", "Reason", "Runs", "Which"),
        rows,
        "No run of these targets ended in the period.");
  }

  private static Section unproven(List<TargetFigures> targets) {
    return new Section(
        "unproven",
        "Longest time unproven",
        List.of(
            "The longest part of the period between two proofs, or between a proof and the beginning"
                + " or the end of the period. A target that was not proven in the period counts for"
                + " the whole of it."),
        List.of("Target", "Longest", "From", "Until", "Last proof in the period", "Last before it"),
        targets.stream().map(Sections::unproven).toList(),
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

  private static Section schedule(List<TargetFigures> targets) {
    return new Section(
        "schedule",
        "Schedule",
        List.of(
            "On time: a run began within a minute after the due time. Missed: no run of its own began"
                + " in time. The schedule is that of the configuration when the report was made."),
        List.of("Target", "Schedule", "Due", "On time", "Missed"),
        targets.stream()
            .filter(target -> target.schedule() != null || target.due().all() > 0)
            .map(
                target ->
                    List.of(
                        Cell.text(target.target()),
                        Cell.text(target.schedule() == null ? "–" : target.schedule()),
                        Cell.count(target.due().all()),
                        Cell.count(target.due().onTime()),
                        Cell.count(target.due().missed())))
            .toList(),
        "No target has a schedule, and none was due in the period.");
  }

  private static Section missed(List<TargetFigures> targets) {
    List<List<Cell>> rows = new ArrayList<>();
    for (TargetFigures target : targets) {
      for (Gap gap : target.due().gaps()) {
        rows.add(
            List.of(
                Cell.text(target.target()),
                Cell.time(gap.since()),
                Cell.count(gap.times()),
                Cell.text(
                        gap.lateSeconds() == null
                            ? "skipped: the run before had no verdict yet"
                            : "a run began "
                                + HumanFormat.duration(Duration.ofSeconds(gap.lateSeconds()))
                                + " late")
                    .of(List.of(gap.run()))));
      }
    }
    return new Section(
        "missed",
        "Due times that were missed",
        List.of(
            "pgproof notices a missed due time when it works again. Due times that were missed"
                + " together count as a whole in each period that they reach into."),
        List.of("Target", "First due", "Due times", "What happened"),
        rows,
        "No due time was missed.");
  }

  private static Section objective(
      String id,
      String title,
      String note,
      List<TargetFigures> targets,
      Function<TargetFigures, ObjectiveFigures> figures) {
    return new Section(
        id,
        title,
        List.of(
            note
                + " 95th percentile: the smallest value that at least 95 of 100 runs do not exceed."),
        List.of("Target", "Objective", "Measured", "95th percentile", "Worst", "Not met"),
        targets.stream()
            .map(
                target -> {
                  ObjectiveFigures measured = figures.apply(target);
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
                })
            .toList(),
        "The report is about no target.");
  }

  private static Section failures(List<Failure> failures) {
    return new Section(
        "failures",
        "Failures and decisions",
        List.of(
            "Each run of the period that was not proven. The time to the decision begins with the"
                + " verdict. Decisions are included until the report was made."),
        List.of(
            "Target and run",
            "Verdict",
            "What was found",
            "Time to decision",
            "Who decided, and why"),
        failures.stream().map(Sections::failure).toList(),
        "Each run of the period was proven.");
  }

  private static List<Cell> failure(Failure failure) {
    return List.of(
        Cell.text(failure.target()).of(List.of(failure.run())),
        Cell.verdict(failure.verdict()),
        Cell.prose(failure.reason().code() + ": " + failure.message()),
        Cell.text(
            failure.secondsToDecision() == null
                ? failure.state().label()
                : HumanFormat.duration(Duration.ofSeconds(failure.secondsToDecision()))
                    + ", "
                    + failure.state().label()),
        Cell.prose(
            failure.steps().isEmpty()
                ? "–"
                : failure.steps().stream()
                    .map(step -> step(step, failure.run()))
                    .collect(Collectors.joining("; "))));
  }

  private static String step(Step step, String run) {
    return HumanFormat.time(step.at())
        + ", "
        + step.by()
        + ": "
        + step.decision()
        + (step.reason() == null ? "" : ", because: " + step.reason())
        + (step.run().equals(run) ? "" : " (in run " + step.run() + ")");
  }

  private static Section waivers(ComplianceReport report) {
    return new Section(
        "waivers",
        "Waivers",
        List.of(
            "Stale backups that a person accepted, as far as the acceptance was valid in the period."),
        List.of("Target and run", "Granted", "Until", "By", "Reason"),
        report.waivers().stream()
            .map(
                waiver ->
                    List.of(
                        Cell.text(waiver.target()).of(List.of(waiver.run())),
                        Cell.time(waiver.grantedAt()),
                        Cell.time(waiver.until()),
                        Cell.prose(waiver.by()),
                        Cell.prose(waiver.reason())))
            .toList(),
        "No waiver was valid in the period.");
  }

  private static Section negativeControls(ComplianceReport report) {
    List<List<Cell>> rows = new ArrayList<>();
    for (NegativeControl control : report.negativeControls()) {
      Cell name = Cell.text(control.target()).of(List.of(control.control()));
      Cell at = Cell.time(control.at());
      for (ControlResult result : control.results()) {
        rows.add(
            List.of(
                name,
                at,
                Cell.text(result.layer()),
                Cell.text(result.check()),
                Cell.outcome(result.outcome())
                    .of(result.run() == null ? List.of() : List.of(result.run()))));
      }
      if (control.results().isEmpty()) {
        rows.add(
            List.of(
                name, at, Cell.text("–"), Cell.text("–"), Cell.text("no proven backup to damage")));
      }
    }
    return new Section(
        "negative-controls",
        "Negative controls",
        List.of(
            "A negative control damages copies of a proven backup, one layer each, and shows whether"
                + " the check of that layer finds it. Its runs count in no other figure."),
        List.of("Target and control", "Ended", "Damaged layer", "Check", "Outcome"),
        rows,
        "No negative control ended in the period.");
  }

  private static Section reviews(ComplianceReport report) {
    return new Section(
        "reviews",
        "Reviews",
        List.of(
            "Auditors who reviewed the results of all targets: reviews of days of the period, and"
                + " those that were decided in it. Decisions are included until the report was made."),
        List.of("Days reviewed", "Opened", "Decided", "By", "Decision", "Remark"),
        report.reviews().stream().map(Sections::review).toList(),
        "No review was asked for.");
  }

  private static List<Cell> review(ReviewFacts review) {
    String late = review.escalated() ? ", escalated" : "";
    return List.of(
        Cell.text(review.from() + " to " + review.to()),
        Cell.time(review.openedAt()),
        Cell.time(review.decidedAt()),
        Cell.text(review.by() == null ? "–" : review.by()),
        Cell.text(
            (review.decision() == null
                    ? "nobody has decided"
                    : review.decision().equals("sign") ? "signed" : "asked for action")
                + late),
        Cell.text(review.remark() == null ? "–" : review.remark()));
  }

  private static Section controls(ComplianceReport report) {
    return new Section(
        "controls",
        "Controls",
        List.of(
            "Controls that ask for restore tests, in short, and the parts of this report that can"
                + " support an assessment. Whether a control is met is for a person to assess."),
        List.of("Standard", "Clause", "Asks for", "Can be supported by"),
        report.controls().stream()
            .map(
                control ->
                    List.of(
                        Cell.text(control.standard()),
                        Cell.text(control.clause()),
                        Cell.text(control.asks()),
                        Cell.text(control.support())))
            .toList(),
        "");
  }
}
