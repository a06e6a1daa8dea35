package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.backup.Lsn;
import io.pgproof.postgres.RecoveryFailedException;
import io.pgproof.postgres.RecoveryReached;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Look at recovery: has it ended, and where? */
final class LookAtRecovery extends Step {
  private final StartServer startServer;
  private final Stays stays;
  private final LongWork work;

  LookAtRecovery(Trail trail, Withdrawals withdrawals, StartServer startServer, Stays stays, LongWork work) {
    super(trail, withdrawals);
    this.startServer = startServer;
    this.stays = stays;
    this.work = work;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) {
    startServer.begin(stays.of(run));
    Optional<RecoveryReached> look = look(run);
    execution.setVariable(VerifyBackup.Variable.RECOVERED, look.isPresent());
    if (look.isEmpty()) {
      Pause.longer(execution);
      return;
    }
    RecoveryReached reached = look.get();
    stays.of(run).reached(reached);
    record(run, new Evidence.Recovered(
        new Report.RecoveryFacts(reached.timeline(), true, reached.endLsn().toString(), reached.lastCommit().orElse(null),
            reached.timelines()),
        Facts.of(reached.check())));
    note(run, reached.notes());
  }

  private Optional<RecoveryReached> look(RunId run) {
    try {
      return work.look(run, VerifyBackup.Message.RECOVERY_ENDED);
    } catch (RecoveryFailedException e) {
      RecoveryFailedException.Far far = e.far();
      record(run, new Evidence.RecoveryBroken(new Report.RecoveryFacts(
          far.timeline(), far.consistent(), far.endLsn().map(Lsn::toString).orElse(null), far.lastCommit().orElse(null),
          List.of())));
      throw e;
    }
  }
}
