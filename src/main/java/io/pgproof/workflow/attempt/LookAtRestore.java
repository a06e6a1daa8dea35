package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.restore.RestoredBackup;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Look at restore: looks whether the pass over the archives has ended, and how. */
final class LookAtRestore extends Step {
  private final BackupRestore restore;
  private final RestoreAttempts restoreAttempts;

  LookAtRestore(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      BackupRestore restore,
      RestoreAttempts restoreAttempts) {
    super(evidenceLog, cancellations);
    this.restore = restore;
    this.restoreAttempts = restoreAttempts;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    restore.start(run);
    Optional<RestoredBackup> restoredBackup = restore.poll(run);
    execution.setVariable(VerifyBackup.Variable.RESTORED, restoredBackup.isPresent());
    if (restoredBackup.isEmpty()) {
      PollBackoff.increase(execution);
      return;
    }
    RestoreAttempt restoreAttempt = restoreAttempts.of(run);
    restoreAttempt.restored(restoredBackup.get());
    record(
        run,
        new Evidence.Restored(
            facts(restoreAttempt),
            restoredBackup.get().checks(),
            restoredBackup.get().notChecked(),
            restoredBackup.get().suspects().isEmpty()
                ? null
                : restoredBackup.get().suspects().describe(),
            restoredBackup.get().endLsn().map(Lsn::toString).orElse(null),
            restoredBackup.get().control().dataChecksums()));
    recordNotes(run, restoredBackup.get().notes());
  }

  private static Report.BackupFacts facts(RestoreAttempt restoreAttempt) {
    RestoredBackup restoredBackup = restoreAttempt.restored();
    return new Report.BackupFacts(
        restoreAttempt.backup().directory().toString(),
        restoreAttempt.backup().formatWord(restoredBackup.identity()),
        String.valueOf(restoredBackup.identity().version().major()),
        restoredBackup.control().systemIdentifier(),
        restoredBackup.identity().label().startTime(),
        restoredBackup.identity().label().startLsn().toString(),
        restoredBackup.identity().bytes(),
        restoredBackup.archives(),
        restoredBackup.manifestSha256().map(Report.ManifestFacts::new).orElse(null));
  }
}
