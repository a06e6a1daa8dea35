package io.pgproof.certificate;

import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values of a statement that the page shows with their names. */
final class PageFacts {
  private static final String NOT_RECORDED = "not recorded";

  private final Statement statement;
  private final Statement.Facts facts;
  private final RecoveryReach reach;

  PageFacts(Statement statement) {
    this.statement = statement;
    this.facts = statement.predicate().pgproof();
    this.reach = RecoveryReach.of(facts);
  }

  /** Facts that belong together. */
  record Block(String title, List<PageFact> facts) {}

  Block backup() {
    List<PageFact> all = new ArrayList<>();
    Report.BackupFacts backup = facts.backup();
    if (backup == null) {
      all.add(PageFact.code("Path", facts.asked().path()));
    } else {
      all.add(PageFact.code("Path", backup.path()));
      all.add(
          PageFact.of(
              "Cluster",
              "PostgreSQL "
                  + backup.postgresVersion()
                  + (backup.systemIdentifier() == null
                      ? ""
                      : ", system identifier " + backup.systemIdentifier())));
      if (backup.startTime() != null) {
        all.add(
            PageFact.of(
                "Begun", HumanFormat.time(backup.startTime()) + " at LSN " + backup.startLsn()));
      }
      all.add(
          PageFact.of(
              "Size", HumanFormat.bytes(backup.bytes()) + " as stored, format " + backup.format()));
    }
    statement.subject().stream()
        .filter(subject -> !subject.name().equals(CertificatePack.EVIDENCE))
        .limit(PageTable.MOST_ROWS)
        .forEach(
            subject ->
                all.add(
                    PageFact.code(
                        "SHA-256 of " + subject.name(),
                        Objects.requireNonNull(subject.digest().get("sha256")))));
    if (statement.subject().size() > PageTable.MOST_ROWS) {
      int more = statement.subject().size() - PageTable.MOST_ROWS;
      all.add(PageFact.of("More files", more + ", with their SHA-256 in certificate.json"));
    }
    return new Block("Backup", all);
  }

  Block recovery() {
    List<PageFact> all = new ArrayList<>();
    Report.RecoveryFacts recovery = facts.recovery();
    if (recovery == null || !reach.began()) {
      all.add(PageFact.of("Recovery", "did not begin"));
    } else {
      all.add(
          PageFact.of(
              "Recovery",
              (recovery.consistent() ? "consistent" : "not consistent")
                  + (recovery.consistent() && !reach.completed() ? ", but not completed" : "")
                  + (recovery.endLsn() == null
                      ? ""
                      : (reach.completed() ? ", redo ended at " : ", reached ") + recovery.endLsn())
                  + (recovery.timeline() == null
                      ? ""
                      : ", timeline " + Integer.toUnsignedString(recovery.timeline()))));
      if (recovery.lastCommit() != null) {
        all.add(PageFact.of("Last commit", HumanFormat.time(recovery.lastCommit())));
      }
    }
    Statement.Isolation isolation = facts.isolation();
    if (isolation != null) {
      all.add(
          PageFact.of(
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

  Block objectives() {
    List<PageFact> all = new ArrayList<>();
    Statement.RecoveryPoint rpo = facts.rpo();
    Long age = rpo == null ? null : rpo.ageSeconds();
    if (rpo == null || age == null) {
      all.add(PageFact.of("Data age (RPO)", "not measured"));
    } else {
      all.add(
          PageFact.judged(
              "Data age (RPO)",
              seconds(age) + ", " + seconds(rpo.allowedSeconds()) + " allowed",
              rpo.met(),
              "missed by " + seconds(age - rpo.allowedSeconds())));
      if (rpo.newest() != null) {
        all.add(
            PageFact.of(
                "Newest data",
                HumanFormat.time(rpo.newest())
                    + (rpo.source() == null ? "" : ", by " + source(rpo.source()))));
      }
    }
    Statement.RecoveryTime rto = facts.rto();
    if (rto.restoreMillis() == null) {
      all.add(
          PageFact.of(
              "Restore time (RTO)",
              "not measured"
                  + (rto.objectiveSeconds() == null
                      ? ""
                      : ", objective " + seconds(rto.objectiveSeconds()))));
    } else {
      Duration took = Duration.ofMillis(rto.restoreMillis());
      Long objective = rto.objectiveSeconds();
      all.add(
          PageFact.judged(
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
          PageFact.of(
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

  Block request() {
    return new Block(
        "Request",
        List.of(
            PageFact.of("By", facts.asked().by() + ", " + HumanFormat.time(facts.asked().at())),
            PageFact.of("Depth", facts.depth())));
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

  /**
   * @param sha256 of the file with the statement
   */
  List<PageFact> digests(String sha256) {
    Statement.Log log = facts.log();
    return Stream.of(
            PageFact.code("certificate.json", sha256),
            PageFact.code("evidence.ndjson", log.evidence()),
            PageFact.code(
                "Request of the run",
                statement.predicate().configuration().stream()
                    .filter(descriptor -> descriptor.name().equals("request"))
                    .map(Statement.Descriptor::digest)
                    .filter(Objects::nonNull)
                    .map(digest -> digest.get("sha256"))
                    .findFirst()
                    .orElse(NOT_RECORDED)),
            PageFact.code("Image", facts.image() == null ? "none" : facts.image().key()),
            PageFact.of(
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
            PageFact.of(
                "Issued",
                HumanFormat.time(facts.issued().at())
                    + " by "
                    + facts.issued().by()
                    + (facts.issued().program() == null ? "" : ", " + facts.issued().program())
                    + ", with the key "
                    + facts.issued().key()))
        .toList();
  }
}
