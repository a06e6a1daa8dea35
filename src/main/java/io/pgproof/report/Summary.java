package io.pgproof.report;

import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReport.ObjectiveFigures;
import io.pgproof.evidence.report.ComplianceReport.TargetFigures;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** The most important figures over all targets of a report. */
final class Summary {
  private final ComplianceReport report;

  private Summary(ComplianceReport report) {
    this.report = report;
  }

  /** A figure with its name, and what it is a part of. */
  record Fact(String label, String value, String note) {}

  static List<Fact> of(ComplianceReport report) {
    Summary summary = new Summary(report);
    int runs = report.count();
    int due = report.sum(target -> target.due().all());
    return List.of(
        new Fact(
            "Targets proven",
            Integer.toString(report.coverage().proven()),
            "of "
                + report.coverage().targets()
                + ", "
                + report.coverage().verified()
                + " verified"),
        new Fact(
            "Runs proven",
            Integer.toString(report.sum(target -> target.count(Verdict.PROVEN))),
            "of " + runs + " with a verdict"),
        new Fact(
            "Stale, refuted, inconclusive",
            report.sum(target -> target.count(Verdict.STALE))
                + ", "
                + report.sum(target -> target.count(Verdict.REFUTED))
                + ", "
                + report.sum(target -> target.count(Verdict.INCONCLUSIVE)),
            "runs"),
        new Fact(
            "Due times missed",
            Integer.toString(report.sum(target -> target.due().missed())),
            "of " + due),
        summary.down(),
        summary.met("Data age not met", TargetFigures::rpo),
        summary.met("Restore time not met", TargetFigures::rto),
        summary.longestUnproven());
  }

  private Fact down() {
    ComplianceReport.ServerFigures server = report.server();
    long planned = server.outages().stream().filter(ComplianceReport.Outage::planned).count();
    return report.knowsOutages()
        ? new Fact(
            "pgproof down",
            HumanFormat.duration(Duration.ofSeconds(server.downSeconds())),
            planned + " planned, " + (server.outages().size() - planned) + " not")
        : new Fact("pgproof down", "–", "not recorded");
  }

  private Fact met(String label, Function<TargetFigures, ObjectiveFigures> figures) {
    int met = report.sum(target -> figures.apply(target).met());
    int missed = report.sum(target -> figures.apply(target).missed().size());
    return met + missed == 0
        ? new Fact(label, "–", "not measured against an objective")
        : new Fact(label, Integer.toString(missed), "of " + (met + missed) + " runs");
  }

  private Fact longestUnproven() {
    return report
        .longestUnproven()
        .map(
            target ->
                new Fact(
                    "Longest time unproven",
                    HumanFormat.duration(
                        Duration.ofSeconds(target.proofs().longestUnproven().seconds())),
                    target.target()))
        .orElse(new Fact("Longest time unproven", "–", "no target"));
  }
}
