package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.backup.Lsn;
import io.pgproof.backup.Restored;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Look at restore: has the pass over the archives ended, and how? */
final class LookAtRestore extends Step {
  private final RestoreFiles restoreFiles;
  private final Stays stays;
  private final LongWork work;

  LookAtRestore(Trail trail, Withdrawals withdrawals, RestoreFiles restoreFiles, Stays stays, LongWork work) {
    super(trail, withdrawals);
    this.restoreFiles = restoreFiles;
    this.stays = stays;
    this.work = work;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) throws Exception {
    restoreFiles.begin(run);
    Optional<Restored> restored = work.look(run, VerifyBackup.Message.RESTORE_ENDED);
    execution.setVariable(VerifyBackup.Variable.RESTORED, restored.isPresent());
    if (restored.isEmpty()) {
      Pause.longer(execution);
      return;
    }
    Stay stay = stays.of(run);
    stay.restored(restored.get());
    record(run, new Evidence.Restored(
        facts(stay),
        restored.get().checks().stream().map(Facts::of).toList(),
        restored.get().notChecked(),
        restored.get().suspects().isEmpty() ? null : restored.get().suspects().tell(),
        restored.get().endLsn().map(Lsn::toString).orElse(null),
        restored.get().control().dataChecksums()));
    note(run, restored.get().notes());
  }

  private static Report.BackupFacts facts(Stay stay) {
    Restored restored = stay.restored();
    return new Report.BackupFacts(
        stay.backup().directory().toString(),
        Facts.format(stay.backup(), restored.identity()),
        String.valueOf(restored.identity().postgresMajor()),
        restored.control().systemIdentifier(),
        restored.identity().label().startTime(),
        restored.identity().label().startLsn().toString(),
        restored.identity().bytes(),
        restored.archives(),
        restored.manifestSha256().map(Report.ManifestFacts::new).orElse(null));
  }
}
