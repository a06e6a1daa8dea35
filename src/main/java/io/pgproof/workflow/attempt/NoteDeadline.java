package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.Finding;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Note deadline: records that the attempt exceeded its time limit. */
final class NoteDeadline implements JavaDelegate {
  private final EvidenceLog evidenceLog;

  NoteDeadline(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    if (RunProjection.of(evidenceLog.of(run)).checked()) {
      // Only the teardown was late; the results of the checks stand.
      return;
    }
    new Evidence.Found(
            Finding.of(
                Reason.DEADLINE,
                "the attempt in the container did not end within "
                    + HumanFormat.duration(
                        Duration.parse(
                            (String) execution.getVariable(VerifyBackup.Variable.DEADLINE)))))
        .record(evidenceLog, run);
  }
}
