package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Hand on review: no operator decided in time, so the approvers are asked. */
final class HandOnReview implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;

  HandOnReview(EvidenceLog evidenceLog, RunRequests runRequests) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    Evidence.NobodyDecided nobody =
        new Evidence.NobodyDecided(
            VerifyBackup.Task.REVIEW_STALE_BACKUP,
            "Review stale backup",
            runRequests.of(run).patience().escalateAfter());
    nobody.record(evidenceLog, run);
    execution.setVariable(VerifyBackup.Variable.HANDED_ON_BY, EvidenceLog.PGPROOF);
    execution.setVariable(VerifyBackup.Variable.HANDED_ON_REASON, nobody.describeTimeout());
  }
}
