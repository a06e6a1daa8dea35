package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.postgres.RecoveryPreparation;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Prepare recovery: settings of ours, standby settings off, signal files by version. */
final class PrepareRecovery extends Step {
  private final Stays stays;
  private final ProgressBoard progress;

  PrepareRecovery(Trail trail, Withdrawals withdrawals, Stays stays, ProgressBoard progress) {
    super(trail, withdrawals);
    this.stays = stays;
    this.progress = progress;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) throws Exception {
    progress.phase(run, "start");
    Stay stay = stays.of(run);
    stay.onSameBackup(() -> {
      stay.noteSource();
      RecoveryPreparation.prepare(stay.recoveryOrder());
      return null;
    });
    record(run, new Evidence.RecoveryPrepared());
  }
}
