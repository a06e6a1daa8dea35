package io.pgproof.certificate;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.certificate.Statement.Deed;
import io.pgproof.certificate.Statement.Descriptor;
import io.pgproof.certificate.Statement.Facts;
import io.pgproof.certificate.Statement.Isolation;
import io.pgproof.certificate.Statement.Subject;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RestoreTest;
import io.pgproof.evidence.log.LoggedEntries;
import io.pgproof.proof.Check;
import io.pgproof.proof.Check.Outcome;
import io.pgproof.proof.Digests;
import io.pgproof.proof.Report;
import io.pgproof.proof.Verdict;
import io.pgproof.target.VerificationRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes what the entries of one run say as a statement; it adds nothing that they do not say. */
final class StatementWriter {
  static final List<String> DOES_NOT_SHOW =
      Stream.concat(
              RestoreTest.DOES_NOT_SHOW.stream(),
              Stream.of("That any law or standard is complied with."))
          .toList();

  private static final Set<Class<? extends Evidence>> OF_PEOPLE =
      Set.of(
          Evidence.TaskOpened.class,
          Evidence.TaskJoined.class,
          Evidence.Decided.class,
          Evidence.DecisionRefused.class,
          Evidence.DecisionTakenAway.class,
          Evidence.NobodyDecided.class,
          Evidence.WaiverGranted.class,
          Evidence.Waived.class,
          Evidence.Withdrawn.class,
          Evidence.BegunAgain.class);

  private final List<EvidenceEntry> entries;
  private final Report report;
  private final Surroundings surroundings;
  private final VerificationRequest request;

  /**
   * @param entries of the run, in their order; the first is the request
   */
  StatementWriter(List<EvidenceEntry> entries, Report report, Surroundings surroundings) {
    this.entries = List.copyOf(entries);
    this.report = report;
    this.surroundings = surroundings;
    this.request = ((Evidence.Asked) Evidence.read(entries.get(0))).request();
  }

  /**
   * Returns the statement.
   *
   * @param evidence the file with the lines of the entries
   */
  Statement write(Statement.Issued issued, LoggedEntries.Proven proven, byte[] evidence) {
    return new Statement(
        Statement.TYPE,
        subjects(evidence),
        Statement.PREDICATE_TYPE,
        new Statement.Predicate(
            result(verdict()),
            configuration(),
            checks(Outcome.PASSED),
            checks(Outcome.MISMATCH),
            checks(Outcome.FAILED),
            facts(issued, log(proven, evidence))));
  }

  private Verdict verdict() {
    return Objects.requireNonNull(report.verdict());
  }

  private static String result(Verdict verdict) {
    return switch (verdict) {
      case PROVEN -> "PASSED";
      case STALE -> "WARNED";
      case REFUTED -> "FAILED";
      case INCONCLUSIVE -> throw new IllegalArgumentException("nothing was shown");
    };
  }

  private List<String> checks(Outcome outcome) {
    return report.coverage().checks().stream()
        .filter(check -> check.outcome() == outcome)
        .map(Check::name)
        .toList();
  }

  /**
   * A run that read no file to its end has no digest of the backup; then the subject is its
   * evidence.
   */
  private List<Subject> subjects(byte[] evidence) {
    List<Subject> subjects = new ArrayList<>();
    Report.BackupFacts backup = report.backup();
    if (backup != null) {
      for (Report.ArchiveFacts archive : backup.archives()) {
        if (archive.sha256() != null) {
          subjects.add(new Subject(archive.file(), Map.of("sha256", archive.sha256())));
        }
      }
      if (subjects.isEmpty() && backup.manifest() != null) {
        subjects.add(new Subject("backup_manifest", Map.of("sha256", backup.manifest().sha256())));
      }
    }
    return subjects.isEmpty()
        ? List.of(new Subject(CertificatePack.EVIDENCE, Map.of("sha256", Digests.sha256(evidence))))
        : subjects;
  }

  private List<Descriptor> configuration() {
    List<Descriptor> all = new ArrayList<>();
    all.add(
        new Descriptor(
            "request",
            null,
            Map.of("sha256", Digests.sha256(entries.get(0).body())),
            request.target().map(name -> Map.of("target", name)).orElse(Map.of())));
    Report.ImageFacts image = report.image();
    if (image != null) {
      all.add(
          new Descriptor(
              "image",
              "pgproof:image:" + image.key(),
              null,
              Map.of(
                  "postgresVersion",
                  image.postgresVersion(),
                  "builtAt",
                  image.builtAt().toString())));
    }
    return all;
  }

  private Facts facts(Statement.Issued issued, Statement.Log log) {
    return new Facts(
        1,
        Objects.requireNonNull(report.run()),
        report.target(),
        verdict(),
        report.reason().code(),
        report.conclusion().message(),
        issued,
        new Statement.Asked(entries.get(0).at(), request.askedBy(), request.path().toString()),
        report.period(),
        report.backup(),
        report.image(),
        report.recovery(),
        recoveryPoint(),
        recoveryTime(),
        request.depth().name().toLowerCase(Locale.ROOT),
        report.coverage().checks(),
        report.coverage().notChecked(),
        report.coverage().notes(),
        findings(),
        isolation(),
        people(),
        surroundings.statedControls(),
        surroundings.statedReview(),
        log,
        DOES_NOT_SHOW);
  }

  private Statement.@Nullable RecoveryPoint recoveryPoint() {
    Report.FreshnessFacts freshness = report.freshness();
    if (freshness == null) {
      return null;
    }
    Report.Objectives objectives = report.objectives();
    return new Statement.RecoveryPoint(
        freshness.newest(),
        freshness.ageSeconds(),
        freshness.maxAgeSeconds(),
        objectives == null ? null : objectives.rpo().met(),
        freshness.source());
  }

  private Statement.RecoveryTime recoveryTime() {
    Report.Objectives objectives = report.objectives();
    Report.Objective rto = objectives == null ? null : objectives.rto();
    return new Statement.RecoveryTime(
        report.times().restoreTimeMillis(),
        rto == null ? null : rto.objectiveSeconds(),
        rto == null ? null : rto.met(),
        report.totalMillis(),
        report.phases());
  }

  private List<Statement.Finding> findings() {
    return read(Evidence.Found.class)
        .map(
            found ->
                new Statement.Finding(found.finding().reason().code(), found.finding().message()))
        .toList();
  }

  private <T extends Evidence> Stream<T> read(Class<T> type) {
    return entries.stream()
        .filter(entry -> entry.kind().equals(Evidence.kind(type)))
        .map(entry -> type.cast(Evidence.read(entry)));
  }

  private Optional<EvidenceEntry> last(Class<? extends Evidence> type) {
    return entries.stream()
        .filter(entry -> entry.kind().equals(Evidence.kind(type)))
        .reduce((one, next) -> next);
  }

  private @Nullable Isolation isolation() {
    return last(Evidence.ContainerCreated.class)
        .map(
            created ->
                new Isolation(
                    ((Evidence.ContainerCreated) Evidence.read(created)).container(),
                    after(created, Evidence.ContainerDestroyed.class),
                    last(Evidence.FilesRemoved.class)
                            .map(Evidence::read)
                            .filter(removed -> ((Evidence.FilesRemoved) removed).keptAt() == null)
                            .isPresent()
                        ? after(created, Evidence.FilesRemoved.class)
                        : null))
        .orElse(null);
  }

  private @Nullable Instant after(EvidenceEntry entry, Class<? extends Evidence> type) {
    return last(type).filter(later -> later.id() > entry.id()).map(EvidenceEntry::at).orElse(null);
  }

  private List<Deed> people() {
    Set<String> kinds = new HashSet<>();
    OF_PEOPLE.forEach(type -> kinds.add(Evidence.kind(type)));
    return entries.stream()
        .filter(entry -> kinds.contains(entry.kind()))
        .map(
            entry ->
                new Deed(entry.at(), entry.actor(), entry.kind(), Evidence.read(entry).describe()))
        .toList();
  }

  private static Statement.Log log(LoggedEntries.Proven proven, byte[] evidence) {
    return new Statement.Log(
        proven.origin(),
        proven.size(),
        proven.checkpoint().split("\n")[2],
        Digests.sha256(evidence),
        proven.entries().stream()
            .map(entry -> new Statement.Entry(entry.proof().index(), entry.kind()))
            .toList());
  }

  static byte[] json(Statement statement) {
    return EvidenceJson.writeIndented(statement).getBytes(StandardCharsets.UTF_8);
  }
}
