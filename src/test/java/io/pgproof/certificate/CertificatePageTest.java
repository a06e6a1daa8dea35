package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.document.PdfStandard;
import io.pgproof.proof.Digests;
import io.pgproof.proof.RunId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The page that people read, in HTML and PDF. */
class CertificatePageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HOSTILE =
      "</title><script>alert(1)</script>&\"'\u202egpj.exe\u001b[8m";

  @TempDir private static Path state;
  private static final Map<String, Map<String, byte[]>> PACKS = new TreeMap<>();

  @BeforeAll
  static void issue() throws IOException {
    try (RecordedRuns runs = new RecordedRuns(state)) {
      Certificates certificates = runs.certificates();
      for (RunId run : IssuedCertificate.certified()) {
        PACKS.put(run.value(), certificates.issue(run.value()).files());
      }
      String run = RecordedRuns.OF_NO_TARGET.value();
      PACKS.put(run, certificates.issue(run).files());
    }
  }

  private static String html(byte[] page) {
    return new String(page, StandardCharsets.UTF_8);
  }

  private static String pdf(byte[] page) throws IOException {
    try (PDDocument document = Loader.loadPDF(page)) {
      assertThat(document.getNumberOfPages()).isLessThanOrEqualTo(2);
      PDFTextStripper text = new PDFTextStripper();
      text.setSortByPosition(true);
      return text.getText(document).replaceAll("\\s+", " ");
    }
  }

  private static Document parsed(byte[] html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          20261201-030000-prov | was restored, recovered and checked proven | All of the checks below passed. | 4 h, 24 h allowed met
          20261201-040000-stal | but its newest data are too old stale | 5 passed and 1 failed. | 30 h, 24 h allowed missed by 6 h
          20261201-050000-refu | failed its restore test refuted | Not checked at the depth standard: | discard, because: "disk" full, see #7
          """)
  void bothFormsSayWhatWasShownAndWhatWasNot(String run, String heading, String lead, String more)
      throws Exception {
    Map<String, byte[]> pack = PACKS.get(run);
    String said = parsed(pack.get("certificate.html")).getDocumentElement().getTextContent();
    for (String text :
        new String[] {said.replaceAll("\\s+", " "), pdf(pack.get("certificate.pdf"))}) {
      assertThat(text)
          .contains(run, "The backup of shop", heading, lead, more)
          .contains("7442019558812345678", "PostgreSQL 15", "/backups/shop/2026-12-01")
          .contains("What was not shown", "That any law or standard is complied with.")
          .contains(Digests.sha256(pack.get("certificate.json")))
          .contains(Digests.sha256(pack.get("evidence.ndjson")))
          .contains("aude signed the results of 2026-02-01 to 2999-12-31 on ", "planned\" <b>")
          .contains("Whether the checks find damage", "a WAL record <changed>")
          .contains("ssh-keygen -Y verify -f allowed_signers -I pgproof@db_proof-1");
    }
  }

  private static JsonNode statement(RunId run) throws IOException {
    return JSON.readTree(PACKS.get(run.value()).get("certificate.json"));
  }

  private static ObjectNode facts(JsonNode statement) {
    return (ObjectNode) statement.at("/predicate/pgproof");
  }

  private static CertificatePage page(JsonNode statement) {
    return new CertificatePage(
        EvidenceJson.read(statement.toString(), Statement.class), "0".repeat(64));
  }

  private static String text(JsonNode statement) throws Exception {
    String html = html(page(statement).html()).replace("</", " </");
    return parsed(html.getBytes(StandardCharsets.UTF_8))
        .getDocumentElement()
        .getTextContent()
        .replaceAll("\\s+", " ");
  }

  /** The run did reach a container, in its last attempt or in one before. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          passed   | true  | 1 | and PostgreSQL 15.20 recovered it. | Recovery consistent, redo ended
          mismatch | true  | 1 | and PostgreSQL 15.20 recovered it. | Recovery consistent, redo ended
          failed   | true  | 1 | and PostgreSQL 15.20 reached a consistent state, but did not complete recovery. | Recovery consistent, but not completed, reached 0/B000000
          failed   | false | 1 | and PostgreSQL 15.20 did not bring it to a consistent state. | Recovery not consistent
          failed   | false |   | read this backup. PostgreSQL did not begin to recover it | Recovery did not begin
                   |       |   | read this backup. PostgreSQL did not begin to recover it | Recovery did not begin
          """)
  void theLeadSaysHowFarRecoveryCame(
      String outcome, Boolean consistent, Integer timeline, String lead, String block)
      throws Exception {
    JsonNode statement = statement(RecordedRuns.PROVEN);
    ObjectNode facts = facts(statement);
    ArrayNode checks = (ArrayNode) facts.at("/checks");
    for (int i = checks.size() - 1; i >= 0; i--) {
      if (checks.get(i).get("name").asText().equals("recovery")) {
        ((ObjectNode) checks.get(i)).put("outcome", outcome);
        if (outcome == null) {
          checks.remove(i);
        }
      }
    }
    if (consistent == null) {
      facts.putNull("recovery");
    } else {
      ((ObjectNode) facts.at("/recovery")).put("consistent", consistent).put("timeline", timeline);
    }
    assertThat(text(statement))
        .contains(lead, block)
        .satisfies(
            said -> {
              if (timeline == null) {
                assertThat(said).doesNotContain("restored this backup");
              }
            });
  }

  @Test
  void controlsSayWhatFoundTheDamageAndWhyNobodyCanTell() throws Exception {
    JsonNode statement = statement(RecordedRuns.PROVEN);
    ArrayNode controls = (ArrayNode) facts(statement).at("/controls");
    ((ObjectNode) controls.get(0)).put("outcome", "missed").putArray("caughtBy").add("indexes");
    ((ObjectNode) controls.get(1)).put("outcome", "could-not-tell").put("why", "it was cancelled");
    assertThat(text(statement))
        .contains("a page with a wrong checksum missed; found by indexes")
        .contains("a WAL record <changed>: it was cancelled could not tell 2")
        .contains("row: the depth standard does not make the check rows not applicable 2")
        .doesNotContain("missed by");
    facts(statement).putNull("controls");
    assertThat(text(statement))
        .contains("No result of a negative control of this target is known, so nothing shows");
  }

  @Test
  void aRunWithoutATargetHasNeitherControlNorReview() throws Exception {
    assertThat(text(statement(RecordedRuns.OF_NO_TARGET)))
        .contains("The backup of /backups/shop")
        .contains("Reviews are about targets; this run has none.")
        .contains("Negative controls are about targets; this run has none.")
        .doesNotContain("Nobody has reviewed", "No result of a negative control");
  }

  @Test
  void longListsAreCut() throws Exception {
    JsonNode statement = statement(RecordedRuns.PROVEN);
    ArrayNode notChecked = facts(statement).putArray("notChecked");
    ArrayNode notes = facts(statement).putArray("notes");
    for (int i = 1; i <= 100; i++) {
      notChecked.add("left out " + i + " of " + "x".repeat(500));
      notes.add("note " + i + "!");
    }
    assertThat(text(statement))
        .contains("left out 12 of", "note 12!", "… (the rest is in certificate.json)")
        .doesNotContain("left out 13 of", "note 13!")
        .containsPattern("88 more in certificate.json.*88 more in certificate.json");
  }

  @ParameterizedTest
  @EnumSource
  void thePdfMeetsTheStandard(PdfStandard standard) throws Exception {
    standard.requireMet(PACKS.get(RecordedRuns.REFUTED.value()).get("certificate.pdf"));
  }

  /** Names of targets and files, and the reasons of people, cannot inject markup. */
  @Test
  void textOfOthersIsOnlyText() throws Exception {
    JsonNode root = statement(RecordedRuns.REFUTED);
    ((ObjectNode) root.at("/subject/0")).put("name", HOSTILE);
    ObjectNode facts = facts(root);
    for (String member : new String[] {"target", "message", "reason", "depth"}) {
      facts.put(member, HOSTILE);
    }
    ((ArrayNode) facts.at("/notes")).add(HOSTILE);
    ((ArrayNode) facts.at("/notChecked")).add(HOSTILE);
    ((ObjectNode) facts.at("/backup")).put("path", HOSTILE + "/x".repeat(3_000));
    ((ObjectNode) facts.at("/asked")).put("by", HOSTILE);
    ((ObjectNode) facts.at("/checks/0")).put("detail", HOSTILE);
    for (int i = 0; i < 100; i++) {
      ((ArrayNode) facts.at("/findings"))
          .addObject()
          .put("reason", "r" + i)
          .put("message", HOSTILE);
    }
    ((ObjectNode) facts.at("/people/1")).put("by", HOSTILE).put("what", HOSTILE);
    CertificatePage page = page(root);
    Document html = parsed(page.html());
    assertThat(html.getElementsByTagName("script").getLength()).isZero();
    assertThat(html.getElementsByTagName("title").getLength()).isOne();
    assertThat(html.getDocumentElement().getTextContent())
        .contains("<script>alert(1)</script>&\"'\\u202egpj.exe [8m", "89 more in certificate.json")
        .contains("… (the rest is in certificate.json)")
        .doesNotContain("\u202e", "\u001b");
    try (PDDocument document = Loader.loadPDF(page.pdf())) {
      assertThat(new PDFTextStripper().getText(document)).contains("alert(1)");
    }
  }

  @Test
  void theHtmlNeedsNothingElse() throws Exception {
    byte[] page = PACKS.get(RecordedRuns.PROVEN.value()).get("certificate.html");
    assertThat(html(page))
        .contains("Content-Security-Policy\" content=\"default-src 'none'")
        .doesNotContain("http://", "https://", "url(", "@import", "<th:block", "null");
    NodeList all = parsed(page).getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      assertThat(all.item(i).getAttributes().getNamedItem("src")).isNull();
      assertThat(all.item(i).getAttributes().getNamedItem("href")).isNull();
    }
  }
}
