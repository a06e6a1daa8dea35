package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.Step;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Start server: starts the container, which starts the server; from then on its recovery is
 * watched.
 */
final class StartServer extends Step {
  private final RestoreAttempts restoreAttempts;
  private final ServerRecovery recovery;

  StartServer(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RestoreAttempts restoreAttempts,
      ServerRecovery recovery) {
    super(evidenceLog, cancellations);
    this.restoreAttempts = restoreAttempts;
    this.recovery = recovery;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    RestoreAttempt restoreAttempt = restoreAttempts.of(run);
    recovery.start(restoreAttempt);
    PollBackoff.first(execution);
    record(run, new Evidence.Started(restoreAttempt.directory().machineName()));
  }
}
