package io.pgproof.report;

import io.pgproof.document.PageTemplate;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.proof.HumanFormat;
import java.util.List;
import java.util.Map;

/** A report as one HTML file that needs no other file and runs no script. */
final class ReportHtml {
  private static final PageTemplate TEMPLATE = new PageTemplate(ReportHtml.class, "report");

  private ReportHtml() {}

  /** Returns the page for a browser. */
  static String write(ComplianceReport report) {
    return write(report, "report.css");
  }

  /**
   * Returns the page with another style sheet; it is well-formed XML.
   *
   * @param style name of a resource beside this class
   */
  static String write(ComplianceReport report, String style) {
    return TEMPLATE.write(
        List.of(style),
        Map.of(
            "title", "Restore tests from " + report.period().from() + " to " + report.period().to(),
            "lead", lead(report),
            "facts", Summary.of(report),
            "sections", Sections.of(report),
            "doesNotShow", report.doesNotShow()));
  }

  private static List<String> lead(ComplianceReport report) {
    List<String> chosen = report.scope().chosen();
    return List.of(
        "pgproof made this report from its evidence at "
            + HumanFormat.time(report.madeAt())
            + ". It covers what was recorded from "
            + HumanFormat.time(report.period().begin())
            + " until before "
            + HumanFormat.time(report.period().end())
            + ".",
        (chosen.isEmpty()
                ? "It is about all targets"
                : "It is about the targets that were chosen: " + Sections.names(chosen))
            + (report.scope().configuration() == null
                ? "; no configuration was at hand, so it includes no target that was never verified."
                : "; configured are those of " + report.scope().configuration() + "."),
        "All times are in UTC. The CSV and JSON forms of this report name each run of the period, so"
            + " that each figure can be computed again; "
            + "a run is shown in full by pgproof show RUN.");
  }
}
