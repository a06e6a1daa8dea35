package io.pgproof.workflow.verify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.source.Backup;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.attempt.BackupInspection;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Inspect backup: begins to read the backup's description of itself, or looks whether this has
 * ended.
 */
final class InspectBackup extends Step {
  private final BackupInspection inspection;
  private final ProgressBoard progress;

  InspectBackup(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      BackupInspection inspection,
      ProgressBoard progress) {
    super(evidenceLog, cancellations);
    this.inspection = inspection;
    this.progress = progress;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    boolean begun = inspection.isBegun(run);
    if (!begun) {
      progress.phase(run, "inspect");
      inspection.start(run);
      PollBackoff.first(execution);
    }
    Optional<BackupInspection.Inspected> look = begun ? inspection.poll(run) : Optional.empty();
    execution.setVariable(VerifyBackup.Variable.INSPECTED, look.isPresent());
    if (look.isEmpty()) {
      if (begun) {
        PollBackoff.increase(execution);
      }
      return;
    }
    Backup backup = look.get().backup();
    backup
        .choice()
        .ifPresent(
            choice -> {
              execution.setVariable(
                  VerifyBackup.Variable.BACKUP_PATH, backup.directory().toString());
              record(run, Evidence.Chosen.of(backup.directory(), choice));
            });
    record(run, look.get().evidence());
  }
}
