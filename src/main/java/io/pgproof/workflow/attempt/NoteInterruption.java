package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Note interruption: records that the program ended in the middle of the attempt; for the last
 * attempt, this is a finding.
 */
final class NoteInterruption implements JavaDelegate {
  private final EvidenceLog evidenceLog;

  NoteInterruption(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    RunProjection story = RunProjection.of(evidenceLog.of(run));
    if (story.checked()) {
      // Only the teardown was interrupted; the results of the checks stand.
      execution.setVariable(VerifyBackup.Variable.INTERRUPTED, false);
      return;
    }
    int attempt = story.attempt();
    execution.setVariable(VerifyBackup.Variable.INTERRUPTED, true);
    execution.setVariable(VerifyBackup.Variable.ATTEMPT, attempt);
    new Evidence.Interrupted(attempt).record(evidenceLog, run);
    if (attempt >= VerifyBackup.MOST_ATTEMPTS) {
      new Evidence.Found(
              Finding.of(
                  Reason.INTERRUPTED,
                  "pgproof ended in the middle of each of " + attempt + " attempts"))
          .record(evidenceLog, run);
    }
  }
}
