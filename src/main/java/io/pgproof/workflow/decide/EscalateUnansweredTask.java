package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Escalate unanswered task: no approver decided in time. */
public final class EscalateUnansweredTask implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final OpenTasks openTasks;
  private final Notifier notifier;

  public EscalateUnansweredTask(
      EvidenceLog evidenceLog, RunRequests runRequests, OpenTasks openTasks, Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.openTasks = openTasks;
    this.notifier = notifier;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    VerificationRequest request = runRequests.of(run);
    new Evidence.NobodyDecided(
            VerifyBackup.Task.APPROVE_ESCALATION,
            "Approve escalation",
            request.patience().escalateAfter())
        .record(evidenceLog, run);
    openTasks.release(OpenTasks.backupKey(request), run);
    notifier.notify(new NotificationEvent.Escalated(run, null, null));
  }
}
