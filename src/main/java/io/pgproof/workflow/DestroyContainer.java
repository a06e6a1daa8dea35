package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.StateDirectory.RunDirectory;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Destroy container: by its name alone, if it is there. A failure becomes an incident and is never a finding. */
final class DestroyContainer implements JavaDelegate {
  private final Trail trail;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final LongWork work;
  private final ProgressBoard progress;

  DestroyContainer(Trail trail, Sandbox sandbox, StateDirectory state, LongWork work, ProgressBoard progress) {
    this.trail = trail;
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
    new Evidence.ContainerDestroyed(directory.machineName()).record(trail, run);
  }
}
