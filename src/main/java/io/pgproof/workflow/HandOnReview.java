package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Hand on review: no operator decided in time, so the approvers are asked. */
final class HandOnReview implements JavaDelegate {
  private final Trail trail;
  private final Requests requests;

  HandOnReview(Trail trail, Requests requests) {
    this.trail = trail;
    this.requests = requests;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    Evidence.NobodyDecided nobody = new Evidence.NobodyDecided(VerifyBackup.Task.REVIEW_STALE_BACKUP, "Review stale backup",
        requests.of(run).patience().escalateAfter());
    nobody.record(trail, run);
    execution.setVariable(VerifyBackup.Variable.HANDED_ON_BY, Trail.PGPROOF);
    execution.setVariable(VerifyBackup.Variable.HANDED_ON_REASON, nobody.words());
  }
}
