package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.postgres.check.CheckResults;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Look at checks: looks whether the checks have ended, and records their results. Their findings do
 * not end the process, because the teardown follows anyway.
 */
final class LookAtChecks extends Step {
  private final DatabaseChecks checks;
  private final RestoreAttempts restoreAttempts;

  LookAtChecks(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      DatabaseChecks checks,
      RestoreAttempts restoreAttempts) {
    super(evidenceLog, cancellations);
    this.checks = checks;
    this.restoreAttempts = restoreAttempts;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    checks.start(restoreAttempts.of(run));
    Optional<CheckResults> answers = checks.poll(run);
    execution.setVariable(VerifyBackup.Variable.CHECKED, answers.isPresent());
    if (answers.isEmpty()) {
      PollBackoff.increase(execution);
      return;
    }
    record(
        run,
        new Evidence.Checked(
            answers.get().checks(),
            answers.get().freshness(),
            answers.get().notChecked(),
            answers.get().findings().size()));
    recordNotes(run, answers.get().notes());
    answers.get().findings().forEach(finding -> record(run, new Evidence.Found(finding)));
  }
}
