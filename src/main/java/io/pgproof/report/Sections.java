package io.pgproof.report;

import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReport.Coverage;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import java.util.ArrayList;
import java.util.List;

/** The tables of a report, in their order. */
final class Sections {
  private static final int MOST_NAMES = 50;

  private Sections() {}

  static List<Section> of(ComplianceReport report) {
    return List.of(
        coverage(report.coverage()),
        TargetSections.results(report.targets()),
        TargetSections.unproven(report.targets()),
        TargetSections.schedule(report.targets()),
        TargetSections.missed(report.targets()),
        ServerSections.outages(report),
        TargetSections.objective(
            "age",
            "Data age (RPO)",
            "Age of the newest data in the backup when it was verified, against the maximum age that"
                + " the run had.",
            report.targets(),
            TargetFigures::rpo),
        TargetSections.objective(
            "restore-time",
            "Restore time (RTO)",
            "Restore, start and recovery on the machine that verified, against the objective that the"
                + " run had. Begun seconds count.",
            report.targets(),
            TargetFigures::rto),
        FailureSections.sums(report.failures()),
        FailureSections.each(report.failures()),
        FailureSections.waivers(report.waivers()),
        NegativeControlSections.sums(report.negativeControls()),
        NegativeControlSections.each(report.negativeControls()),
        ReviewSection.of(report.reviews()),
        ServerSections.anchors(report.anchors()),
        standards(report));
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
    return Section.of(
        "coverage",
        "Coverage",
        "Verified: at least one run of the period ended proven, stale or refuted; an inconclusive run"
            + " is no result. Proven: at least one run of the period was proven. Configured: in the"
            + " configuration when the report was made.",
        List.of("Targets", "Number", "Which"),
        rows,
        "");
  }

  private static Cell names(String none, String some, List<String> names) {
    return Cell.prose(names.isEmpty() ? none : some + names(names));
  }

  /** Returns the names as a person reads them, and how many more there are. */
  static String names(List<String> names) {
    int shown = Math.min(names.size(), MOST_NAMES);
    return String.join(", ", names.subList(0, shown))
        + (shown == names.size()
            ? ""
            : ", and " + (names.size() - shown) + " more in the CSV and JSON forms");
  }

  private static Section standards(ComplianceReport report) {
    return Section.of(
        "controls",
        "Controls",
        "Controls that ask for restore tests, in short, and the parts of this report that can support"
            + " an assessment. A person must assess whether a control is met.",
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
