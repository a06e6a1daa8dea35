package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.postgres.recovery.RecoveryPreparation;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.Step;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Prepare recovery: writes pgproof's settings, removes standby settings, and creates signal files
 * as the version requires.
 */
final class PrepareRecovery extends Step {
  private final RestoreAttempts restoreAttempts;
  private final ProgressBoard progress;

  PrepareRecovery(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RestoreAttempts restoreAttempts,
      ProgressBoard progress) {
    super(evidenceLog, cancellations);
    this.restoreAttempts = restoreAttempts;
    this.progress = progress;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) throws Exception {
    progress.phase(run, "start");
    RestoreAttempt restoreAttempt = restoreAttempts.of(run);
    restoreAttempt.onSameBackup(
        () -> {
          restoreAttempt.noteSource();
          RecoveryPreparation.prepare(restoreAttempt.recoveryOrder());
          return null;
        });
    record(run, new Evidence.RecoveryPrepared());
  }
}
