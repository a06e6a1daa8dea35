package io.pgproof.workflow.engine;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;

/** Runs that their requesters withdrew; the next step of such a run notices it, in any process. */
public final class Cancellations {
  private final EvidenceLog evidenceLog;

  public Cancellations(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  public void record(RunId run, String person) {
    new Evidence.Withdrawn(person).record(evidenceLog, run, person);
  }

  /**
   * Checks that this run was not withdrawn.
   *
   * @throws FindingException {@code interrupted} when it was
   */
  void check(RunId run) {
    checkFor(run);
  }

  /**
   * Checks that the negative control of this run was not withdrawn. Only the run that it has begun
   * is withdrawn with it, not the one that it is about to begin.
   *
   * @throws FindingException {@code interrupted} when it was
   */
  void checkControl(RunId run) {
    evidenceLog
        .last(run, Evidence.kind(Evidence.Asked.class))
        .map(entry -> ((Evidence.Asked) Evidence.read(entry)).control())
        .ifPresent(control -> checkFor(new RunId(control.control())));
  }

  private void checkFor(RunId withdrawable) {
    evidenceLog
        .last(withdrawable, Evidence.kind(Evidence.Withdrawn.class))
        .ifPresent(
            withdrawn -> {
              throw new FindingException(
                  Reason.INTERRUPTED, "the verification was interrupted by " + withdrawn.actor());
            });
  }
}
