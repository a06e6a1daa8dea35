package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.RemovedEvidence;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads past and present runs from the evidence log; what it returns is already on the disk. Works
 * without the engine.
 */
public final class RunHistory {
  private static final String VERDICT = Evidence.kind(Evidence.VerdictReached.class);

  private final EvidenceLog evidenceLog;

  public RunHistory(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /**
   * One run in a list.
   *
   * @param target {@code null} if the run was asked for by a path
   * @param verdict {@code null} while there is none, as what follows is
   */
  public record Line(
      String run,
      Instant askedAt,
      String askedBy,
      String path,
      @Nullable String target,
      @Nullable Verdict verdict,
      @Nullable Reason reason,
      @Nullable Long totalMillis) {}

  /** One event that led to the verdict or followed it: who did what, and when. */
  public record Happening(Instant at, String actor, String what) {}

  /** Returns the report of a run that has a verdict. */
  public Optional<Report> report(RunId run) {
    Optional<Report> report = reached(run);
    report.ifPresent(reached -> evidenceLog.awaitDurable());
    return report;
  }

  private Optional<Report> reached(RunId run) {
    return evidenceLog.last(run, VERDICT).map(RunHistory::report);
  }

  private static Report report(EvidenceEntry reached) {
    return ((Evidence.VerdictReached) Evidence.read(reached)).report();
  }

  /** Returns how the run's backup was chosen; empty if the request named it. */
  public Optional<Evidence.Chosen> choice(RunId run) {
    return evidenceLog
        .last(run, Evidence.kind(Evidence.Chosen.class))
        .map(evidenceEntry -> (Evidence.Chosen) Evidence.read(evidenceEntry));
  }

  /**
   * Returns the removal of the evidence of a run; empty if the run has evidence or does not exist.
   */
  public Optional<RemovedEvidence> removed(RunId run) {
    return evidenceLog.removed(run);
  }

  /** Returns whether there is evidence of this run. */
  public boolean exists(RunId run) {
    return evidenceLog.last(run, Evidence.kind(Evidence.Asked.class)).isPresent();
  }

  /** Returns the latest runs, newest first; those of negative controls are left out. */
  public List<Line> latest(int limit) {
    List<EvidenceEntry> asked = List.of();
    // Before each run of a target there may be some of a control.
    for (int read = limit; asked.size() < limit; read *= 4) {
      List<EvidenceEntry> all = evidenceLog.latest(Evidence.kind(Evidence.Asked.class), read);
      asked =
          all.stream()
              .filter(entry -> ((Evidence.Asked) Evidence.read(entry)).control() == null)
              .limit(limit)
              .toList();
      if (all.size() < read || read > Integer.MAX_VALUE / 4) {
        break;
      }
    }
    Map<RunId, EvidenceEntry> reached =
        evidenceLog.last(asked.stream().map(EvidenceEntry::run).toList(), VERDICT);
    evidenceLog.awaitDurable();
    return asked.stream()
        .map(
            evidenceEntry ->
                line(
                    evidenceEntry,
                    Optional.ofNullable(reached.get(evidenceEntry.run())).map(RunHistory::report)))
        .toList();
  }

  /** Returns everything that happened in a run, in order. */
  public List<Happening> happenings(RunId run) {
    List<EvidenceEntry> entries = evidenceLog.of(run);
    evidenceLog.awaitDurable();
    return entries.stream()
        .map(
            evidenceEntry ->
                new Happening(
                    evidenceEntry.at(),
                    evidenceEntry.actor(),
                    Evidence.read(evidenceEntry).describe()))
        .toList();
  }

  private static Line line(EvidenceEntry evidenceEntry, Optional<Report> report) {
    Evidence.Asked asked = (Evidence.Asked) Evidence.read(evidenceEntry);
    return new Line(
        evidenceEntry.run().value(),
        evidenceEntry.at(),
        asked.request().askedBy(),
        asked.request().path().toString(),
        asked.request().target().orElse(null),
        report.map(Report::verdict).orElse(null),
        report.map(Report::reason).orElse(null),
        report.map(Report::totalMillis).orElse(null));
  }
}
