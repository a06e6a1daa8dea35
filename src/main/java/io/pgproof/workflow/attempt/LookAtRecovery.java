package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.format.Lsn;
import io.pgproof.evidence.Evidence;
import io.pgproof.postgres.recovery.RecoveryFailedException;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Look at recovery: looks whether recovery has ended, and where. */
final class LookAtRecovery extends Step {
  private final ServerRecovery recovery;
  private final RestoreAttempts restoreAttempts;

  LookAtRecovery(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      ServerRecovery recovery,
      RestoreAttempts restoreAttempts) {
    super(evidenceLog, cancellations);
    this.recovery = recovery;
    this.restoreAttempts = restoreAttempts;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    recovery.start(restoreAttempts.of(run));
    Optional<RecoveryResult> look = pollResult(run);
    execution.setVariable(VerifyBackup.Variable.RECOVERED, look.isPresent());
    if (look.isEmpty()) {
      PollBackoff.increase(execution);
      return;
    }
    RecoveryResult reached = look.get();
    restoreAttempts.of(run).reached(reached);
    record(
        run,
        new Evidence.Recovered(
            new Report.RecoveryFacts(
                reached.timeline(),
                true,
                reached.endLsn().toString(),
                reached.lastCommit().orElse(null),
                reached.timelines()),
            reached.check()));
    recordNotes(run, reached.notes());
  }

  private Optional<RecoveryResult> pollResult(RunId run) {
    try {
      return recovery.poll(run);
    } catch (RecoveryFailedException e) {
      RecoveryFailedException.Far far = e.far();
      record(
          run,
          new Evidence.RecoveryBroken(
              new Report.RecoveryFacts(
                  far.timeline(),
                  far.consistent(),
                  far.endLsn().map(Lsn::toString).orElse(null),
                  far.lastCommit().orElse(null),
                  List.of())));
      throw e;
    }
  }
}
