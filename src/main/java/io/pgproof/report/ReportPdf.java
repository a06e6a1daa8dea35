package io.pgproof.report;

import io.pgproof.document.ArchivePdf;
import io.pgproof.evidence.report.ComplianceReport;

/** A report as PDF for archives: the HTML form with a style sheet of its own. */
final class ReportPdf {
  private ReportPdf() {}

  static byte[] write(ComplianceReport report) {
    return ArchivePdf.of(ReportHtml.write(report, "report-pdf.css"));
  }
}
