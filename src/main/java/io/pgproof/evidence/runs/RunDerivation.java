package io.pgproof.evidence.runs;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.runs.RunSummary.Decision;
import io.pgproof.evidence.runs.RunSummary.KnownBackup;
import io.pgproof.evidence.runs.RunSummary.Outcome;
import io.pgproof.evidence.runs.RunSummary.Request;
import io.pgproof.evidence.runs.RunSummary.Waiver;
import io.pgproof.proof.Check;
import io.pgproof.proof.Report;
import io.pgproof.proof.Report.PhaseFacts;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.VerificationRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Derives the short form of a run from its evidence, and from nothing else. The verdict is that of
 * the last report that was recorded, as {@code ./pgproof show} prints it.
 */
final class RunDerivation {
  /**
   * Raised when the same evidence leads to other rows than before, so that they are all renewed.
   */
  static final int VERSION = 4;

  static final String ASKED = Evidence.kind(Evidence.Asked.class);
  static final String VERDICT_REACHED = Evidence.kind(Evidence.VerdictReached.class);

  /** The kinds of evidence that change anything in the short form. */
  static final Set<String> KINDS =
      Set.of(
          ASKED,
          Evidence.kind(Evidence.Due.class),
          VERDICT_REACHED,
          Evidence.kind(Evidence.WaiverGranted.class),
          Evidence.kind(Evidence.Waived.class),
          Evidence.kind(Evidence.Decided.class),
          Evidence.kind(Evidence.NobodyDecided.class),
          Evidence.kind(Evidence.DecisionTakenAway.class));

  private static final Set<String> RESTORE_PHASES = Set.of("restore", "start", "recover");

  private static final Set<Check.Outcome> RECOVERED =
      Set.of(Check.Outcome.PASSED, Check.Outcome.MISMATCH);

  private final RunId run;
  private final Set<String> people = new LinkedHashSet<>();
  private @Nullable Request request;
  private @Nullable Outcome outcome;
  private @Nullable Waiver waiver;
  private @Nullable Decision decision;
  private Evidence.@Nullable Due due;

  private RunDerivation(RunId run) {
    this.run = run;
  }

  /**
   * A run and everybody who had a part in it.
   *
   * @param people who requested it and who decided in it
   * @param due the due time of the schedule; empty if the run was requested otherwise
   */
  record Derived(RunSummary summary, Set<String> people, Optional<Evidence.Due> due) {}

  /**
   * Derives the short form.
   *
   * @param entries at least those of the {@link #KINDS}, in order
   * @return empty if the run was never requested, or is a negative control, which says nothing
   *     about a backup
   * @throws RuntimeException for evidence that this version cannot read
   */
  static Optional<Derived> of(RunId run, List<EvidenceEntry> entries) {
    RunDerivation derivation = new RunDerivation(run);
    entries.stream().filter(entry -> KINDS.contains(entry.kind())).forEach(derivation::apply);
    return Optional.ofNullable(derivation.request)
        .map(
            request ->
                new Derived(
                    new RunSummary(
                        run,
                        request,
                        Optional.ofNullable(derivation.outcome),
                        Optional.ofNullable(derivation.waiver),
                        Optional.ofNullable(derivation.decision)),
                    derivation.people,
                    Optional.ofNullable(derivation.due)));
  }

  private void apply(EvidenceEntry entry) {
    Instant at = entry.at();
    String actor = entry.actor();
    Evidence evidence = Evidence.read(entry);
    if (evidence instanceof Evidence.Asked asked) {
      request = asked.control() == null ? request(at, asked.request()) : null;
      people.add(asked.request().askedBy());
    } else if (evidence instanceof Evidence.Due ofSchedule) {
      due = ofSchedule;
    } else if (evidence instanceof Evidence.VerdictReached reached) {
      outcome = outcome(at, reached.report());
    } else if (evidence instanceof Evidence.WaiverGranted granted) {
      waiver = new Waiver(actor, at, granted.until());
    } else if (evidence instanceof Evidence.Waived waived) {
      waiver = new Waiver(waived.grantedBy(), at, waived.until());
    } else if (evidence instanceof Evidence.Decided decided) {
      decision = new Decision(actor, decided.decision(), at);
      people.add(actor);
    } else if (evidence instanceof Evidence.NobodyDecided) {
      decision = new Decision(EvidenceLog.PGPROOF, Evidence.ESCALATE, at);
    } else if (evidence instanceof Evidence.DecisionTakenAway) {
      decision = new Decision(actor, Decision.DELETED, at);
      people.add(actor);
    } else {
      throw new IllegalStateException(
          "it is not defined what "
              + evidence.getClass().getSimpleName()
              + " changes in the short form of run "
              + run);
    }
  }

  private static Request request(Instant at, VerificationRequest asked) {
    return new Request(
        asked.target(),
        OpenTasks.backupKey(asked),
        asked.path().toString(),
        at,
        asked.askedBy(),
        asked.depth(),
        asked.objectives().maxAge(),
        asked.objectives().rtoObjective());
  }

  private static Outcome outcome(Instant at, Report report) {
    Verdict verdict = Objects.requireNonNull(report.verdict(), "a recorded report has a verdict");
    return new Outcome(
        at,
        verdict,
        report.reason(),
        report.conclusion().message(),
        Duration.ofMillis(Optional.ofNullable(report.totalMillis()).orElse(0L)),
        report.phases(),
        restoreTime(report),
        Stream.ofNullable(report.freshness())
            .map(Report.FreshnessFacts::ageSeconds)
            .filter(Objects::nonNull)
            .map(Duration::ofSeconds)
            .findFirst(),
        Optional.ofNullable(report.backup()).flatMap(RunDerivation::backup),
        Optional.ofNullable(report.image()).map(Report.ImageFacts::postgresVersion));
  }

  private static Optional<Duration> restoreTime(Report report) {
    return report.objectives() == null
        ? restoreTimeOfEarlierVersion(report)
        : Optional.ofNullable(report.times().restoreTimeMillis()).map(Duration::ofMillis);
  }

  /**
   * Includes the restores of attempts that were cut off, because reports did not tell them apart.
   */
  private static Optional<Duration> restoreTimeOfEarlierVersion(Report report) {
    boolean recovered =
        report.coverage().checks().stream()
            .filter(check -> check.name().equals("recovery"))
            .anyMatch(check -> RECOVERED.contains(check.outcome()));
    return recovered
        ? Optional.of(
            Duration.ofMillis(
                report.phases().stream()
                    .filter(phase -> RESTORE_PHASES.contains(phase.name()))
                    .mapToLong(PhaseFacts::millis)
                    .sum()))
        : Optional.empty();
  }

  private static Optional<KnownBackup> backup(Report.BackupFacts facts) {
    return facts
        .identity()
        .map(
            identity ->
                new KnownBackup(
                    identity,
                    facts.path(),
                    facts.postgresVersion(),
                    Objects.requireNonNull(facts.systemIdentifier()),
                    facts.startTime(),
                    facts.startLsn(),
                    facts.bytes() == null ? 0 : facts.bytes()));
  }
}
