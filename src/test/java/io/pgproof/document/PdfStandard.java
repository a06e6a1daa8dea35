package io.pgproof.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Holds a PDF against the standards that pgproof's PDF meets, with veraPDF. */
public enum PdfStandard {
  ARCHIVE(PDFAFlavour.PDFA_2_A),
  ACCESSIBLE(PDFAFlavour.PDFUA_1);

  private final PDFAFlavour flavour;

  PdfStandard(PDFAFlavour flavour) {
    this.flavour = flavour;
  }

  public void requireMet(byte[] pdf) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    try (PDFAParser parser =
            Foundries.defaultInstance().createParser(new ByteArrayInputStream(pdf), flavour);
        PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
      ValidationResult result = validator.validate(parser);
      assertThat(result.getTestAssertions())
          .filteredOn(check -> check.getStatus() == TestAssertion.Status.FAILED)
          .extracting(
              check -> check.getRuleId() + " " + check.getMessage() + " " + check.getLocation())
          .isEmpty();
      assertThat(result.isCompliant()).isTrue();
      assertThat(result.getTotalAssertions()).isGreaterThan(100);
    }
  }
}
