package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Escalate unanswered task: no approver decided in time. */
final class EscalateUnansweredTask implements JavaDelegate {
  private final Trail trail;
  private final Requests requests;
  private final OpenTasks openTasks;
  private final Tell tell;

  EscalateUnansweredTask(Trail trail, Requests requests, OpenTasks openTasks, Tell tell) {
    this.trail = trail;
    this.requests = requests;
    this.openTasks = openTasks;
    this.tell = tell;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    VerificationRequest request = requests.of(run);
    new Evidence.NobodyDecided(VerifyBackup.Task.APPROVE_ESCALATION, "Approve escalation", request.patience().escalateAfter())
        .record(trail, run);
    openTasks.release(OpenTasks.backupKey(request), run);
    tell.tell(new Happening.Escalated(run, null, null));
  }
}
