package io.pgproof.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.document.PdfStandard;
import io.pgproof.evidence.report.ComplianceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The PDF form, held against the standards by veraPDF. */
class ReportPdfTest {
  private static byte[] pdf;

  @BeforeAll
  static void write() throws IOException {
    pdf =
        ReportPdf.write(
            EvidenceJson.read(
                Files.readString(Path.of("src/test/resources/io/pgproof/report/sample.json")),
                ComplianceReport.class));
  }

  @ParameterizedTest
  @EnumSource
  void itMeetsTheStandard(PdfStandard standard) throws Exception {
    standard.requireMet(pdf);
  }

  @Test
  void itsWordsCanBeReadBack() throws IOException {
    try (PDDocument document = Loader.loadPDF(pdf)) {
      assertThat(document.getDocumentCatalog().getMarkInfo().isMarked()).isTrue();
      assertThat(document.getDocumentCatalog().getLanguage()).isEqualTo("en");
      assertThat(document.getDocumentInformation().getTitle())
          .isEqualTo("Restore tests from 2026-11-01 to 2026-11-30");
      assertThat(new PDFTextStripper().getText(document))
          .contains(
              "Longest time unproven",
              "20261110-030000-r001",
              "<script>alert(1)</script>",
              "12.10.1, 12.10.2",
              "What this report does not show",
              "That any law is complied with.",
              "Page 1 of " + document.getNumberOfPages());
    }
  }
}
