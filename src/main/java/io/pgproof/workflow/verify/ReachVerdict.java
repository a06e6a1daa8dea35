package io.pgproof.workflow.verify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.turn.ContainerSlots;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Reach verdict: only from the evidence log. The variables that the gateways read are set when the
 * verdict is recorded.
 */
public final class ReachVerdict implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final ContainerSlots containerSlots;

  public ReachVerdict(EvidenceLog evidenceLog, ContainerSlots containerSlots) {
    this.evidenceLog = evidenceLog;
    this.containerSlots = containerSlots;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    // However the process came here, its attempt is over and undone.
    containerSlots.release(run);
    execution.setVariable(
        VerifyBackup.Variable.REACHED, RunProjection.of(evidenceLog.of(run)).verdict().word());
  }
}
