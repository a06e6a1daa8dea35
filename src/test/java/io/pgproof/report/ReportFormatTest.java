package io.pgproof.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.report.ComplianceReport;
import io.pgproof.evidence.report.FailureState;
import io.pgproof.proof.UsageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** A small report in each form. It holds texts that a person may have typed to do harm. */
class ReportFormatTest {
  private static final Path SAMPLE = Path.of("src/test/resources/io/pgproof/report/sample.json");

  private static ComplianceReport sample() throws IOException {
    return EvidenceJson.read(Files.readString(SAMPLE), ComplianceReport.class);
  }

  private static String written(ReportFormat format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    format.write(sample(), out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theJsonFormIsTheReport() throws IOException {
    assertThat(EvidenceJson.read(written(ReportFormat.JSON), ComplianceReport.class))
        .isEqualTo(sample());
  }

  /** {@link ReportPdfTest} reads it from the PDF form. */
  @ParameterizedTest
  @EnumSource(value = ReportFormat.class, names = "PDF", mode = EnumSource.Mode.EXCLUDE)
  void everyFormSaysWhatTheReportDoesNotShow(ReportFormat format) throws IOException {
    assertThat(sample().doesNotShow()).isNotEmpty();
    assertThat(written(format)).contains(sample().doesNotShow());
  }

  @Test
  void everyRowOfTheCsvFormHasAllColumns() throws IOException {
    List<List<String>> rows = parse(written(ReportFormat.CSV));
    List<String> titles = rows.get(0);
    assertThat(titles).startsWith("row", "target", "run").endsWith("unit", "text");
    assertThat(rows).allMatch(row -> row.size() == titles.size());
    assertThat(rows).filteredOn(row -> row.get(0).equals("run")).hasSameSizeAs(sample().runs());
    assertThat(rows)
        .filteredOn(row -> row.get(0).equals("decision"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.get(titles.indexOf("by"))).isEqualTo("olga");
              assertThat(row.get(titles.indexOf("text")))
                  .isEqualTo("'=HYPERLINK(\"http://evil\"),\nand \"more\"");
            });
    assertThat(rows)
        .filteredOn(row -> row.get(0).equals("outage"))
        .extracting(row -> row.get(titles.indexOf("value")))
        .containsExactly("3600");
    assertThat(rows)
        .filteredOn(row -> row.get(0).equals("negative-control"))
        .extracting(row -> row.get(titles.indexOf("value")))
        .containsExactly("caught", "missed", "");
    assertThat(rows)
        .filteredOn(row -> row.get(0).equals("negative-control"))
        .last()
        .satisfies(
            row ->
                assertThat(row.get(titles.indexOf("text")))
                    .isEqualTo("20261121-000000-ctrl, no proven backup to damage"));
    assertThat(rows)
        .filteredOn(row -> row.get(0).equals("review"))
        .extracting(row -> row.get(titles.indexOf("reason")))
        .containsExactly("escalated", "");
    assertThat(rows)
        .filteredOn(row -> row.get(0).equals("anchor"))
        .extracting(row -> row.get(titles.indexOf("item")), row -> row.get(titles.indexOf("value")))
        .containsExactly(
            tuple("count", "29"), tuple("longest-gap", "100800"), tuple("last", "4711"));
    assertThat(rows)
        .filteredOn(row -> row.contains("longest-unproven"))
        .singleElement()
        .satisfies(row -> assertThat(row.get(titles.indexOf("value"))).isEqualTo("2592000"));
    assertThat(rows)
        .filteredOn(row -> row.get(0).equals("run"))
        .extracting(row -> row.get(titles.indexOf("age_seconds")))
        .as("a number is no formula")
        .containsExactly("-5");
  }

  /** Reads what RFC 4180 describes. */
  private static List<List<String>> parse(String csv) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int at = 0; at < csv.length(); at++) {
      char c = csv.charAt(at);
      if (quoted && c == '"' && at + 1 < csv.length() && csv.charAt(at + 1) == '"') {
        field.append(c);
        at++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\n')) {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          rows.add(row);
          row = new ArrayList<>();
        }
      } else if (quoted || c != '\r') {
        field.append(c);
      }
    }
    assertThat(quoted).isFalse();
    assertThat(row).isEmpty();
    return rows;
  }

  @Test
  void theHtmlFormNeedsNoOtherFileAndRunsNothing() throws Exception {
    String html = written(ReportFormat.HTML);
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
    assertThat(page.getElementsByTagName("h2").getLength()).isEqualTo(17);
    for (String element : List.of("script", "link", "img", "iframe", "a", "object")) {
      assertThat(page.getElementsByTagName(element).getLength()).as(element).isZero();
    }
    NodeList all = page.getElementsByTagName("*");
    for (int at = 0; at < all.getLength(); at++) {
      Element element = (Element) all.item(at);
      assertThat(element.hasAttribute("src") || element.hasAttribute("style")).isFalse();
    }
    assertThat(html)
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("/usr/local/bin/keep &lt;it&gt;")
        .doesNotContain(" th:", "\u0000", "\u0007");
  }

  @Test
  void theHtmlFormNamesRunsAndSaysHowManyMoreThereAre() throws IOException {
    String html = written(ReportFormat.HTML);
    assertThat(html)
        .contains(
            "Restore tests from 2026-11-01 to 2026-11-30",
            "20261110-030000-r001",
            "20261110-030000-r010",
            "and 2 more in the CSV and JSON forms",
            "olga: accept, because: =HYPERLINK",
            "missed</span><span class=\"runs\"><code>20261120-000100-rows",
            "12.10.1, 12.10.2",
            "Starts and stops are recorded since 2026-11-03 06:00:00 UTC",
            "not planned")
        .doesNotContain("20261110-030000-r011");
  }

  @Test
  void aTableOfManyRowsShowsWhatMustBeSeenAndSaysHowManyItLeavesOut() throws IOException {
    ComplianceReport sample = sample();
    ComplianceReport.Failure decided = sample.failures().get(0);
    List<ComplianceReport.Failure> failures = new ArrayList<>();
    for (int number = 0; number < 1_500; number++) {
      failures.add(
          new ComplianceReport.Failure(
              "shop",
              "20261110-030000-%04d".formatted(number),
              decided.verdict(),
              decided.reason(),
              decided.message(),
              decided.at().plusSeconds(number),
              number == 3 ? FailureState.OPEN : FailureState.DECIDED,
              number == 3 ? null : 60L + number,
              List.of()));
    }
    Section section = FailureSections.each(failures);
    assertThat(section.rows()).hasSize(100);
    assertThat(section.rows().get(0).get(0).runs()).containsExactly("20261110-030000-0003");
    assertThat(section.rows().get(1).get(0).runs()).containsExactly("20261110-030000-1499");
    assertThat(section.left())
        .isEqualTo(
            "The table shows 100 of 1,500 rows, those that nobody has decided about first, then the"
                + " gravest. The CSV and JSON forms of this report hold all of them.");
    assertThat(FailureSections.each(failures.subList(0, 100)).left()).isEmpty();

    assertThat(FailureSections.sums(failures).rows())
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .extracting(Cell::text)
                    .containsExactly(
                        "stale", "too-old", "1500", "1", "1499", "0", "1", "25 min 59 s"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"report.html", "a.b/report.HTML", ".html", "report.pdf.html"})
  void theEndingSaysTheFormat(String name) {
    assertThat(ReportFormat.of(Path.of(name))).isEqualTo(ReportFormat.HTML);
  }

  @ParameterizedTest
  @ValueSource(strings = {"report", "report.htm", "report.xlsx", "html", "report.", "/"})
  void anotherEndingIsRefusedWithARemedy(String name) {
    assertThatThrownBy(() -> ReportFormat.of(Path.of(name)))
        .isInstanceOfSatisfying(
            UsageException.class,
            refused -> assertThat(refused.finding().hint()).contains(".html, .pdf, .csv, .json"));
  }
}
