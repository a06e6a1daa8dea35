package io.pgproof.document;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder.PdfAConformance;
import com.openhtmltopdf.util.XRLog;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * A page as PDF/A-2a, which archives keep, and PDF/UA-1, which screen readers read. Its style sheet
 * is CSS 2.1 with the fonts {@code Sans} and {@code Mono}.
 */
public final class ArchivePdf {
  private static final int REGULAR = 400;
  private static final int BOLD = 700;

  static {
    // Its words are about style sheets; what goes wrong is an exception.
    XRLog.setLoggingEnabled(false);
  }

  private ArchivePdf() {}

  /**
   * Returns the PDF.
   *
   * @param page as {@link PageTemplate} writes it
   */
  public static byte[] of(String page) {
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
    builder.withHtmlContent(page, null);
    builder.toStream(pdf);
    try {
      builder.run();
    } catch (IOException e) {
      throw new UncheckedIOException("the page could not be made as PDF", e);
    }
    return pdf.toByteArray();
  }

  private static void font(PdfRendererBuilder builder, String file, String family, int weight) {
    builder.useFont(() -> open("/liberation/" + file), family, weight, FontStyle.NORMAL, true);
  }

  private static InputStream open(String resource) {
    return Objects.requireNonNull(ArchivePdf.class.getResourceAsStream(resource), resource);
  }
}
