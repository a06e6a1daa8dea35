package io.pgproof.report;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder.PdfAConformance;
import com.openhtmltopdf.util.XRLog;
import io.pgproof.evidence.report.ComplianceReport;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * A report as PDF/A-2a, which archives keep, and PDF/UA-1, which screen readers read. It is made of
 * the HTML form with a style sheet of its own.
 */
final class ReportPdf {
  private static final int REGULAR = 400;
  private static final int BOLD = 700;

  static {
    // Its words are about style sheets; what goes wrong is an exception.
    XRLog.setLoggingEnabled(false);
  }

  private ReportPdf() {}

  static byte[] write(ComplianceReport report) {
    ByteArrayOutputStream pdf = new ByteArrayOutputStream();
    PdfRendererBuilder builder = new PdfRendererBuilder();
    builder.usePdfUaAccessibility(true);
    builder.usePdfAConformance(PdfAConformance.PDFA_2_A);
    builder.useColorProfile(ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData());
    builder.withProducer("pgproof");
    builder.useUriResolver((base, address) -> null);
    font(builder, "LiberationSans-Regular.ttf", "Sans", REGULAR);
    font(builder, "LiberationSans-Bold.ttf", "Sans", BOLD);
    font(builder, "LiberationMono-Regular.ttf", "Mono", REGULAR);
    builder.withHtmlContent(ReportHtml.write(report, "report-pdf.css"), null);
    builder.toStream(pdf);
    try {
      builder.run();
    } catch (IOException e) {
      throw new UncheckedIOException("the report could not be made as PDF", e);
    }
    return pdf.toByteArray();
  }

  private static void font(PdfRendererBuilder builder, String file, String family, int weight) {
    builder.useFont(() -> open("/liberation/" + file), family, weight, FontStyle.NORMAL, true);
  }

  private static InputStream open(String resource) {
    return Objects.requireNonNull(ReportPdf.class.getResourceAsStream(resource), resource);
  }
}
