package io.pgproof.web.view;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.verify.Verifications;

/**
 * Cancels verifications in a person's name. A person who may start a verification may cancel any.
 */
public final class VerificationCancel {
  private final Verifications verifications;
  private final EvidenceLog evidenceLog;

  VerificationCancel(Verifications verifications, EvidenceLog evidenceLog) {
    this.verifications = verifications;
    this.evidenceLog = evidenceLog;
  }

  /**
   * Cancels a run, once: it tears down and ends inconclusive, unless its checks were already made.
   * Does not wait for that.
   *
   * @param run exists
   * @return whether the run had no verdict yet
   * @throws VerificationStart.NotAllowedException when this person may not cancel it
   */
  public boolean cancel(RunId run, Person person) {
    if (!VerificationStart.isAllowed(person)) {
      throw new VerificationStart.NotAllowedException(person);
    }
    if (has(run, Evidence.VerdictReached.class) || evidenceLog.removed(run).isPresent()) {
      return false;
    }
    if (!has(run, Evidence.Withdrawn.class)) {
      verifications.withdraw(run, person.id());
    }
    return true;
  }

  private boolean has(RunId run, Class<? extends Evidence> kind) {
    return evidenceLog.last(run, Evidence.kind(kind)).isPresent();
  }
}
