package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Restore files: begins the attempt and the single pass over the backup. */
final class RestoreFiles extends Step {
  private final RunRequests runRequests;
  private final BackupRestore restore;

  RestoreFiles(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      BackupRestore restore) {
    super(evidenceLog, cancellations);
    this.runRequests = runRequests;
    this.restore = restore;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    restore.start(run);
    int attempt = runRequests.attempt(run) + 1;
    execution.setVariable(VerifyBackup.Variable.ATTEMPT, attempt);
    execution.setVariable(VerifyBackup.Variable.RESTORED, false);
    execution.setVariable(VerifyBackup.Variable.RECOVERED, false);
    execution.setVariable(VerifyBackup.Variable.CHECKED, false);
    PollBackoff.first(execution);
    record(run, new Evidence.AttemptBegun(attempt));
  }

  @Override
  protected void compensate(RunId run) throws Exception {
    restore.undo(run);
  }
}
