package io.pgproof.certificate;

import io.pgproof.document.ArchivePdf;
import io.pgproof.document.PageTemplate;
import io.pgproof.document.Printable;
import io.pgproof.proof.Check;
import io.pgproof.proof.HumanFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A certificate for people to read and print: what its statement says, and nothing else. Long texts
 * and lists are cut, and the page says so.
 */
final class CertificatePage {
  private static final PageTemplate TEMPLATE =
      new PageTemplate(CertificatePage.class, "certificate");

  private final Statement statement;
  private final Statement.Facts facts;
  private final RecoveryReach reach;
  private final String sha256;

  /**
   * @param sha256 of the file with the statement
   */
  CertificatePage(Statement statement, String sha256) {
    this.statement = statement;
    this.facts = statement.predicate().pgproof();
    this.reach = RecoveryReach.of(facts);
    this.sha256 = sha256;
  }

  byte[] html() {
    return write("certificate-html.css").getBytes(StandardCharsets.UTF_8);
  }

  byte[] pdf() {
    return ArchivePdf.of(write("certificate-pdf.css"));
  }

  private String write(String style) {
    PageFacts values = new PageFacts(statement);
    PageTables tables = new PageTables(facts);
    return TEMPLATE.write(
        List.of("certificate.css", style),
        Map.ofEntries(
            Map.entry("title", "Restore test of " + name() + ", run " + facts.run()),
            Map.entry("run", facts.run()),
            Map.entry("name", name()),
            Map.entry("verdict", facts.verdict().word()),
            Map.entry("heading", heading()),
            Map.entry("lead", lead()),
            Map.entry("message", PageText.of(facts.message() + " (" + facts.reason() + ")")),
            Map.entry("done", List.of(values.backup(), values.recovery())),
            Map.entry("asked", List.of(values.objectives(), values.request())),
            Map.entry("findings", tables.findings()),
            Map.entry("checks", tables.checks()),
            Map.entry("depth", PageText.of(facts.depth())),
            Map.entry("notChecked", PageTable.ofTexts(facts.notChecked())),
            Map.entry("notes", PageTable.ofTexts(facts.notes())),
            Map.entry("doesNotShow", facts.doesNotShow()),
            Map.entry("people", tables.people()),
            Map.entry("controls", tables.controls()),
            Map.entry("noControls", tables.noControls()),
            Map.entry("review", tables.review()),
            Map.entry("digests", values.digests(sha256)),
            Map.entry("identity", facts.issued().by())));
  }

  private String name() {
    return Printable.text(facts.target() == null ? facts.asked().path() : facts.target());
  }

  private String heading() {
    return switch (facts.verdict()) {
      case PROVEN -> "was restored, recovered and checked";
      case STALE -> "was restored and recovered, but its newest data are too old";
      case REFUTED -> "failed its restore test";
      case INCONCLUSIVE -> throw new IllegalArgumentException("nothing was shown");
    };
  }

  private String lead() {
    Instant started = facts.period().startedAt();
    Instant finished = facts.period().finishedAt();
    String when =
        started == null || finished == null
            ? ""
            : "From " + HumanFormat.time(started) + " to " + HumanFormat.time(finished) + ", ";
    return when + done() + result();
  }

  private String done() {
    if (facts.isolation() == null) {
      return "pgproof read this backup. No container was started, so PostgreSQL did not recover it.";
    } else if (!reach.began()) {
      return "pgproof read this backup. PostgreSQL did not begin to recover it in the last attempt.";
    }
    String postgres =
        "pgproof restored this backup in a container without a network, and PostgreSQL"
            + (facts.image() == null ? "" : " " + facts.image().postgresVersion());
    if (reach.completed()) {
      return postgres + " recovered it.";
    }
    return postgres
        + (reach.consistent()
            ? " reached a consistent state, but did not complete recovery."
            : " did not bring it to a consistent state.");
  }

  private String result() {
    List<Check> checks = facts.checks();
    long passed = count(Check.Outcome.PASSED);
    long failed = count(Check.Outcome.FAILED);
    if (checks.isEmpty()) {
      return "";
    } else if (passed == checks.size()) {
      return " All of the checks below passed.";
    }
    long others = checks.size() - passed - failed;
    return " Of the checks below, "
        + passed
        + " passed and "
        + failed
        + " failed"
        + (others == 0 ? "." : "; " + others + " did neither.");
  }

  private long count(Check.Outcome outcome) {
    return facts.checks().stream().filter(check -> check.outcome() == outcome).count();
  }
}
