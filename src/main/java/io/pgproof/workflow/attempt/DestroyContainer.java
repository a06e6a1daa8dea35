package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.ProgressBoard;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Destroy container: by its name alone, if it exists. A failure becomes an incident and is never a
 * finding.
 */
final class DestroyContainer implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final BackgroundWork work;
  private final ProgressBoard progress;

  DestroyContainer(
      EvidenceLog evidenceLog,
      Sandbox sandbox,
      StateDirectory state,
      BackgroundWork work,
      ProgressBoard progress) {
    this.evidenceLog = evidenceLog;
    this.sandbox = sandbox;
    this.state = state;
    this.work = work;
    this.progress = progress;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    progress.phase(run, "teardown");
    work.interrupt(run);
    RunDirectory directory = state.run(run);
    sandbox.destroy(new MachineId(directory.machineName(), directory.machine()));
    new Evidence.ContainerDestroyed(directory.machineName()).record(evidenceLog, run);
  }
}
