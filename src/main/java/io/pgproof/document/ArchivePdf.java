package io.pgproof.document;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PDFontSupplier;
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
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

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
    try (PDDocument document = new PDDocument()) {
      PdfRendererBuilder builder = new PdfRendererBuilder();
      builder.usePDDocument(document);
      builder.usePdfUaAccessibility(true);
      builder.usePdfAConformance(PdfAConformance.PDFA_2_A);
      builder.useColorProfile(ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData());
      builder.withProducer("pgproof");
      builder.useUriResolver((base, address) -> null);
      font(builder, document, "LiberationSans-Regular.ttf", "Sans", REGULAR);
      font(builder, document, "LiberationSans-Bold.ttf", "Sans", BOLD);
      font(builder, document, "LiberationMono-Regular.ttf", "Mono", REGULAR);
      builder.withHtmlContent(page, null);
      builder.toStream(pdf);
      builder.run();
    } catch (IOException e) {
      throw new UncheckedIOException("the page could not be made as PDF", e);
    }
    return pdf.toByteArray();
  }

  private static void font(
      PdfRendererBuilder builder, PDDocument document, String file, String family, int weight)
      throws IOException {
    InputStream font =
        Objects.requireNonNull(ArchivePdf.class.getResourceAsStream("/liberation/" + file), file);
    TrueTypeFont parsed = new TTFParser().parse(new RandomAccessReadBuffer(font));
    // More than half of the time would go to looking for ligatures.
    parsed.setEnableGsub(false);
    builder.useFont(
        new PDFontSupplier(PDType0Font.load(document, parsed, true)),
        family,
        weight,
        FontStyle.NORMAL,
        true);
  }
}
