package io.pgproof.report;

import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.ComplianceReport.AnchorFigures;
import io.pgproof.evidence.report.ComplianceReport.Outage;
import io.pgproof.proof.HumanFormat;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The tables about pgproof itself: when it was down, and who has checkpoints of its log. */
final class ServerSections {
  private ServerSections() {}

  static Section outages(ComplianceReport report) {
    return Section.of(
        "server",
        "When pgproof itself was down",
        "While no server runs, nothing is verified by schedule. A stop is planned if the server"
            + " recorded it. Otherwise it crashed, was killed or lost its machine, and the outage"
            + " begins with its last sign of life, which it gives each minute."
            + known(report),
        List.of("From", "Until", "In the period", "How", "Due times missed"),
        report.server().outages(),
        ServerSections::row,
        Comparator.comparingInt((Outage outage) -> -outage.dueTimesMissed())
            .thenComparing(outage -> -outage.seconds()),
        "those that missed most due times first",
        report.knowsOutages()
            ? "No outage is recorded in the period."
            : "Whether a server was down in the period is not known.");
  }

  static Section anchors(List<AnchorFigures> anchors) {
    return Section.of(
        "anchors",
        "Anchors of the evidence log",
        "Checkpoints of the evidence log that somebody else has: nobody can rewrite the entries before"
            + " them unnoticed. pgproof audit verify says whether they still fit the log.",
        List.of("Way", "Who has them", "Number", "First", "Last", "Longest gap", "Positions"),
        anchors,
        anchor ->
            List.of(
                Cell.word(anchor.way()),
                Cell.prose(anchor.where()),
                Cell.count(anchor.count()),
                Cell.time(anchor.firstAt()),
                Cell.time(anchor.lastAt()),
                Cell.duration(anchor.longestGapSeconds()),
                Cell.text(Long.toString(anchor.positions()))),
        Comparator.comparing(AnchorFigures::lastAt),
        "those whose last one is oldest first",
        "No checkpoint was given away in the period.");
  }

  private static String known(ComplianceReport report) {
    Instant since = report.server().knownSince();
    if (since == null) {
      return " No start of a server is recorded.";
    }
    return since.isAfter(report.period().begin())
        ? " Starts and stops are recorded since "
            + HumanFormat.time(since)
            + "; what was before is not known."
        : "";
  }

  private static List<Cell> row(Outage outage) {
    return List.of(
        Cell.time(outage.from()),
        outage.until() == null ? Cell.text("not yet started again") : Cell.time(outage.until()),
        Cell.duration(outage.seconds()),
        Cell.text(outage.planned() ? "planned" : "not planned"),
        Cell.count(outage.dueTimesMissed()));
  }
}
