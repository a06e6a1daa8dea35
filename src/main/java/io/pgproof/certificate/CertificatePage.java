package io.pgproof.certificate;

import io.pgproof.document.ArchivePdf;
import io.pgproof.document.PageTemplate;
import io.pgproof.document.Printable;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.proof.Check;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Report;
import io.pgproof.proof.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A certificate for people to read and print: what its statement says, and nothing else. Long texts
 * and lists are cut, and the page says so.
 */
final class CertificatePage {
  private static final PageTemplate TEMPLATE =
      new PageTemplate(CertificatePage.class, "certificate");
  private static final int MOST_ROWS = 12;
  private static final int LONGEST_TEXT = 400;
  private static final String NOT_RECORDED = "not recorded";

  private final Statement statement;
  private final Statement.Facts facts;
  private final String sha256;

  /**
   * @param sha256 of the file with the statement
   */
  CertificatePage(Statement statement, String sha256) {
    this.statement = statement;
    this.facts = statement.predicate().pgproof();
    this.sha256 = sha256;
  }

  /**
   * A value with its name.
   *
   * @param mark a word that judges the value; empty if nothing does
   * @param style a class of the style sheets for the mark or, if there is none, for the value
   */
  record Fact(String label, String text, String mark, String style) {
    Fact {
      text = shown(text);
      label = shown(label);
    }

    static Fact of(String label, String text) {
      return new Fact(label, text, "", "");
    }

    static Fact code(String label, String text) {
      return new Fact(label, text, "", "code");
    }

    static Fact judged(String label, String text, @Nullable Boolean met, String missed) {
      return met == null
          ? of(label, text)
          : new Fact(label, text, met ? "met" : missed, met ? "proven" : "refuted");
    }
  }

  /** Facts that belong together. */
  record Block(String title, List<Fact> facts) {}

  /**
   * A row of a table: its cells as text.
   *
   * @param style a class of the style sheets for the cell that judges
   */
  record Row(List<String> cells, String style) {
    Row {
      cells = cells.stream().map(CertificatePage::shown).toList();
    }

    static Row of(String... cells) {
      return new Row(List.of(cells), "");
    }
  }

  /** Rows or texts of which the last are left out if there are too many. */
  record Table<T>(List<T> rows, int more) {
    static <T> Table<T> of(List<T> all) {
      int shown = Math.min(all.size(), MOST_ROWS);
      return new Table<>(all.subList(0, shown), all.size() - shown);
    }
  }

  byte[] html() {
    return write("certificate.css").getBytes(StandardCharsets.UTF_8);
  }

  byte[] pdf() {
    return ArchivePdf.of(write("certificate-pdf.css"));
  }

  private String write(String style) {
    return TEMPLATE.write(
        style,
        Map.ofEntries(
            Map.entry("title", "Restore test of " + name() + ", run " + facts.run()),
            Map.entry("run", facts.run()),
            Map.entry("name", name()),
            Map.entry("verdict", facts.verdict().word()),
            Map.entry("heading", heading()),
            Map.entry("lead", lead()),
            Map.entry("message", shown(facts.message() + " (" + facts.reason() + ")")),
            Map.entry("done", List.of(backup(), recovery())),
            Map.entry("asked", List.of(objectives(), request())),
            Map.entry("findings", findings()),
            Map.entry("checks", facts.checks().stream().map(CertificatePage::check).toList()),
            Map.entry("depth", shown(facts.depth())),
            Map.entry("notChecked", texts(facts.notChecked())),
            Map.entry("notes", texts(facts.notes())),
            Map.entry("doesNotShow", facts.doesNotShow()),
            Map.entry("people", people()),
            Map.entry("controls", controls()),
            Map.entry("noControls", noControls()),
            Map.entry("review", review()),
            Map.entry("digests", digests()),
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
    } else if (!recoveryBegan()) {
      return "pgproof read this backup. PostgreSQL did not begin to recover it in the last attempt.";
    }
    String postgres =
        "pgproof restored this backup in a container without a network, and PostgreSQL"
            + (facts.image() == null ? "" : " " + facts.image().postgresVersion());
    if (recovered()) {
      return postgres + " recovered it.";
    }
    return postgres
        + (consistent()
            ? " reached a consistent state, but did not complete recovery."
            : " did not bring it to a consistent state.");
  }

  /**
   * Returns whether recovery ended well; a consistent state on the way to its end is not enough.
   */
  private boolean recovered() {
    return facts.checks().stream()
        .filter(check -> check.name().equals("recovery"))
        .anyMatch(
            check ->
                check.outcome() != Check.Outcome.FAILED
                    && check.outcome() != Check.Outcome.SKIPPED);
  }

  private boolean consistent() {
    return facts.recovery() != null && facts.recovery().consistent();
  }

  /** Without a timeline, what the archives hold showed that it would fail. */
  private boolean recoveryBegan() {
    return recovered() || (facts.recovery() != null && facts.recovery().timeline() != null);
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

  private Block backup() {
    List<Fact> all = new ArrayList<>();
    Report.BackupFacts backup = facts.backup();
    if (backup == null) {
      all.add(Fact.code("Path", facts.asked().path()));
    } else {
      all.add(Fact.code("Path", backup.path()));
      all.add(
          Fact.of(
              "Cluster",
              "PostgreSQL "
                  + backup.postgresVersion()
                  + (backup.systemIdentifier() == null
                      ? ""
                      : ", system identifier " + backup.systemIdentifier())));
      if (backup.startTime() != null) {
        all.add(
            Fact.of(
                "Begun", HumanFormat.time(backup.startTime()) + " at LSN " + backup.startLsn()));
      }
      all.add(
          Fact.of(
              "Size", HumanFormat.bytes(backup.bytes()) + " as stored, format " + backup.format()));
    }
    statement.subject().stream()
        .filter(subject -> !subject.name().equals(CertificatePack.EVIDENCE))
        .limit(MOST_ROWS)
        .forEach(
            subject ->
                all.add(
                    Fact.code(
                        "SHA-256 of " + subject.name(),
                        Objects.requireNonNull(subject.digest().get("sha256")))));
    if (statement.subject().size() > MOST_ROWS) {
      int more = statement.subject().size() - MOST_ROWS;
      all.add(Fact.of("More files", more + ", with their SHA-256 in certificate.json"));
    }
    return new Block("Backup", all);
  }

  private Block objectives() {
    List<Fact> all = new ArrayList<>();
    Statement.RecoveryPoint rpo = facts.rpo();
    Long age = rpo == null ? null : rpo.ageSeconds();
    if (rpo == null || age == null) {
      all.add(Fact.of("Data age (RPO)", "not measured"));
    } else {
      all.add(
          Fact.judged(
              "Data age (RPO)",
              seconds(age) + ", " + seconds(rpo.allowedSeconds()) + " allowed",
              rpo.met(),
              "missed by " + seconds(age - rpo.allowedSeconds())));
      if (rpo.newest() != null) {
        all.add(
            Fact.of(
                "Newest data",
                HumanFormat.time(rpo.newest())
                    + (rpo.source() == null ? "" : ", by " + source(rpo.source()))));
      }
    }
    Statement.RecoveryTime rto = facts.rto();
    if (rto.restoreMillis() == null) {
      all.add(
          Fact.of(
              "Restore time (RTO)",
              "not measured"
                  + (rto.objectiveSeconds() == null
                      ? ""
                      : ", objective " + seconds(rto.objectiveSeconds()))));
    } else {
      Duration took = Duration.ofMillis(rto.restoreMillis());
      Long objective = rto.objectiveSeconds();
      all.add(
          Fact.judged(
              "Restore time (RTO)",
              HumanFormat.measured(took)
                  + (objective == null ? ", no objective" : ", objective " + seconds(objective)),
              rto.met(),
              objective == null
                  ? "missed"
                  : "missed by " + HumanFormat.measured(took.minusSeconds(objective))));
    }
    if (rto.totalMillis() != null) {
      all.add(
          Fact.of(
              "All phases",
              HumanFormat.measured(Duration.ofMillis(rto.totalMillis()))
                  + ": "
                  + rto.phases().stream()
                      .map(
                          phase ->
                              phase.name()
                                  + " "
                                  + HumanFormat.measured(Duration.ofMillis(phase.millis())))
                      .collect(Collectors.joining(", "))));
    }
    return new Block("Objectives", all);
  }

  private Block request() {
    return new Block(
        "Request",
        List.of(
            Fact.of("By", facts.asked().by() + ", " + HumanFormat.time(facts.asked().at())),
            Fact.of("Depth", facts.depth())));
  }

  private static String source(String source) {
    return switch (source) {
      case "query" -> "the freshness query";
      case "wal" -> "the last commit in the WAL";
      default -> "the last checkpoint";
    };
  }

  private static String seconds(long seconds) {
    return HumanFormat.duration(Duration.ofSeconds(seconds));
  }

  private Block recovery() {
    List<Fact> all = new ArrayList<>();
    Report.RecoveryFacts recovery = facts.recovery();
    if (recovery == null || !recoveryBegan()) {
      all.add(Fact.of("Recovery", "did not begin"));
    } else {
      all.add(
          Fact.of(
              "Recovery",
              (recovery.consistent() ? "consistent" : "not consistent")
                  + (recovery.consistent() && !recovered() ? ", but not completed" : "")
                  + (recovery.endLsn() == null
                      ? ""
                      : (recovered() ? ", redo ended at " : ", reached ") + recovery.endLsn())
                  + (recovery.timeline() == null
                      ? ""
                      : ", timeline " + Integer.toUnsignedString(recovery.timeline()))));
      if (recovery.lastCommit() != null) {
        all.add(Fact.of("Last commit", HumanFormat.time(recovery.lastCommit())));
      }
    }
    Statement.Isolation isolation = facts.isolation();
    if (isolation != null) {
      all.add(
          Fact.of(
              "Container",
              isolation.container()
                  + ", "
                  + ended("destroyed", isolation.destroyedAt())
                  + "; files "
                  + ended("removed", isolation.filesRemovedAt())));
    }
    return new Block("Recovery", all);
  }

  private static String ended(String what, @Nullable Instant at) {
    return what + " " + (at == null ? NOT_RECORDED : HumanFormat.time(at));
  }

  private static Table<String> texts(List<String> texts) {
    return Table.of(texts.stream().map(CertificatePage::shown).toList());
  }

  private Table<Row> findings() {
    return Table.of(
        facts.findings().stream()
            .map(finding -> Row.of(finding.reason(), finding.message()))
            .toList());
  }

  private static Row check(Check check) {
    String result = check.inapplicable() == null ? check.outcome().word() : "does not apply";
    String style =
        switch (check.outcome()) {
          case PASSED -> Verdict.PROVEN.word();
          case FAILED -> Verdict.REFUTED.word();
          case MISMATCH -> Verdict.STALE.word();
          case SKIPPED -> "";
        };
    return new Row(
        List.of(check.name(), result, Objects.requireNonNullElse(check.detail(), "")), style);
  }

  private Table<Row> people() {
    return Table.of(
        facts.people().stream()
            .map(deed -> Row.of(HumanFormat.time(deed.at()), deed.by(), deed.what()))
            .toList());
  }

  private List<Row> controls() {
    List<Statement.Control> controls = facts.controls();
    return controls == null ? List.of() : controls.stream().map(CertificatePage::control).toList();
  }

  private String noControls() {
    return facts.target() == null
        ? "Negative controls are about targets; this run has none."
        : "No result of a negative control of this target is known, so nothing shows that its checks"
            + " find damage.";
  }

  private static Row control(Statement.Control control) {
    ControlResult result = control.result();
    return new Row(
        List.of(
            result.check(),
            Objects.requireNonNullElse(result.damage(), result.layer())
                + (result.why() == null ? "" : ": " + result.why()),
            result.outcome().words() + result.finders(),
            HumanFormat.time(control.at()),
            Objects.requireNonNullElse(result.run(), control.control())),
        switch (result.outcome()) {
          case CAUGHT -> Verdict.PROVEN.word();
          case MISSED -> Verdict.REFUTED.word();
          case COULD_NOT_TELL, NOT_APPLICABLE -> "";
        });
  }

  private String review() {
    Statement.Review review = facts.review();
    if (facts.target() == null) {
      return "Reviews are about targets; this run has none.";
    }
    return review == null
        ? "Nobody has reviewed the results of that day."
        : shown(
            review.by()
                + (review.decision().equals(ServerEvent.ReviewDecided.SIGNED)
                    ? " signed"
                    : " asked for action about")
                + " the results of "
                + review.from()
                + " to "
                + review.to()
                + " on "
                + HumanFormat.time(review.at())
                + (review.remark() == null ? "." : ": " + review.remark()));
  }

  private List<Fact> digests() {
    Statement.Log log = facts.log();
    return Stream.of(
            Fact.code("certificate.json", sha256),
            Fact.code("evidence.ndjson", log.evidence()),
            Fact.code(
                "Request of the run",
                statement.predicate().configuration().stream()
                    .filter(descriptor -> descriptor.name().equals("request"))
                    .map(Statement.Descriptor::digest)
                    .filter(Objects::nonNull)
                    .map(digest -> digest.get("sha256"))
                    .findFirst()
                    .orElse(NOT_RECORDED)),
            Fact.code("Image", facts.image() == null ? "none" : facts.image().key()),
            Fact.of(
                "Evidence log",
                log.origin()
                    + ": "
                    + log.entries().size()
                    + " entries here, numbers "
                    + log.entries().get(0).index()
                    + " to "
                    + log.entries().get(log.entries().size() - 1).index()
                    + ", under a checkpoint of "
                    + log.size()
                    + " entries with the root "
                    + log.root()),
            Fact.of(
                "Issued",
                HumanFormat.time(facts.issued().at())
                    + " by "
                    + facts.issued().by()
                    + (facts.issued().program() == null ? "" : ", " + facts.issued().program())
                    + ", with the key "
                    + facts.issued().key()))
        .toList();
  }

  private static String shown(String text) {
    String printable = Printable.text(text);
    return printable.codePointCount(0, printable.length()) <= LONGEST_TEXT
        ? printable
        : printable.substring(0, printable.offsetByCodePoints(0, LONGEST_TEXT))
            + " … (the rest is in certificate.json)";
  }
}
