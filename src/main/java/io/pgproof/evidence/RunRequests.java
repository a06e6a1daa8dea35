package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.postgres.recovery.RestoreTime;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads requests and facts of a run from the evidence log, because the engine carries only the
 * run's id.
 */
public final class RunRequests {
  private static final long AFTER_ALL_OTHERS = Long.MAX_VALUE / 2;

  private final EvidenceLog evidenceLog;

  public RunRequests(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /**
   * Returns the request of a run.
   *
   * @throws IllegalStateException when nobody requested this run
   */
  public VerificationRequest of(RunId run) {
    return ((Evidence.Asked) Evidence.read(asked(run))).request();
  }

  /** Returns who requested the run. */
  public String askedBy(RunId run) {
    return of(run).askedBy();
  }

  /**
   * Returns the identity of the backup itself, whatever its path, from its own facts; empty if the
   * run did not learn them.
   *
   * @return the system identifier, the start LSN and the start time
   */
  public Optional<String> identity(RunId run) {
    return Optional.ofNullable(RunProjection.of(evidenceLog.of(run)).report(run.value()).backup())
        .flatMap(Report.BackupFacts::identity);
  }

  /**
   * Returns the directory of the backup that the run is about: the requested one, or the one chosen
   * in it.
   */
  public Path backup(RunId run) {
    return evidenceLog
        .last(run, Evidence.kind(Evidence.Chosen.class))
        .map(entry -> Path.of(((Evidence.Chosen) Evidence.read(entry)).path()))
        .orElseGet(() -> of(run).path());
  }

  /** Returns when the backup was restored in the last attempt. */
  public RestoreTime restoreTime(RunId run) {
    return new RestoreTime(
        entry(run, Evidence.AttemptBegun.class).at(), entry(run, Evidence.Restored.class).at());
  }

  /** Returns what the backup said about itself when it was inspected. */
  public Evidence.Inspected inspected(RunId run) {
    return last(run, Evidence.Inspected.class);
  }

  /** Returns the key of the image that was found for the run. */
  public String image(RunId run) {
    return last(run, Evidence.ImageFound.class).image().key();
  }

  /** Returns the number of the last attempt that was begun, counted from 1; 0 if there was none. */
  public int attempt(RunId run) {
    return evidenceLog
        .last(run, Evidence.kind(Evidence.AttemptBegun.class))
        .map(entry -> ((Evidence.AttemptBegun) Evidence.read(entry)).attempt())
        .orElse(0);
  }

  private <T extends Evidence> T last(RunId run, Class<T> kind) {
    return kind.cast(Evidence.read(entry(run, kind)));
  }

  private EvidenceEntry entry(RunId run, Class<? extends Evidence> kind) {
    return evidenceLog
        .last(run, Evidence.kind(kind))
        .orElseThrow(
            () -> new IllegalStateException("run " + run + " recorded no " + Evidence.kind(kind)));
  }

  /**
   * Returns a number that ascends in the order of the requests. Runs of negative controls come
   * after all others.
   */
  public long order(RunId run) {
    EvidenceEntry asked = asked(run);
    boolean control = ((Evidence.Asked) Evidence.read(asked)).control() != null;
    return control ? AFTER_ALL_OTHERS + asked.id() : asked.id();
  }

  private EvidenceEntry asked(RunId run) {
    return evidenceLog
        .last(run, Evidence.kind(Evidence.Asked.class))
        .orElseThrow(() -> new IllegalStateException("run " + run + " has no request"));
  }
}
