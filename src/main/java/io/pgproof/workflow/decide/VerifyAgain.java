package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.verify.Verifications;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.ObjectProvider;

/** Verify again: a new run of the same request; its requester is the person who decided it. */
final class VerifyAgain implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final ObjectProvider<Verifications> verifications;

  /**
   * @param verifications resolved late, because it is made of the engine that this delegate belongs
   *     to
   */
  VerifyAgain(
      EvidenceLog evidenceLog,
      RunRequests runRequests,
      ObjectProvider<Verifications> verifications) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.verifications = verifications;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    String person =
        evidenceLog
            .last(run, Evidence.kind(Evidence.Decided.class))
            .map(EvidenceEntry::actor)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "no decision says that run " + run + " must be verified again"));
    RunId next =
        verifications
            .getObject()
            .beginUnseen(runRequests.of(run).by(person), run, Optional.empty());
    new Evidence.BegunAgain(next.value()).record(evidenceLog, run);
  }
}
