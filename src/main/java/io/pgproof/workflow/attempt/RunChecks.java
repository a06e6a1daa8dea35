package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.Step;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Run checks: begins to check the restored database, to the requested depth. */
final class RunChecks extends Step {
  private final RestoreAttempts restoreAttempts;
  private final DatabaseChecks checks;

  RunChecks(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RestoreAttempts restoreAttempts,
      DatabaseChecks checks) {
    super(evidenceLog, cancellations);
    this.restoreAttempts = restoreAttempts;
    this.checks = checks;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    checks.start(restoreAttempts.of(run));
    PollBackoff.first(execution);
    record(run, new Evidence.ChecksBegun());
  }
}
