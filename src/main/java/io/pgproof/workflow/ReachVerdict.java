package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Reach verdict: from the trail, and from nothing else. What the gateways read is set when it is recorded. */
final class ReachVerdict implements JavaDelegate {
  private final Trail trail;
  private final Turns turns;

  ReachVerdict(Trail trail, Turns turns) {
    this.trail = trail;
    this.turns = turns;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    // Whichever way it came here, its stay is over and undone.
    turns.giveBack(run);
    execution.setVariable(VerifyBackup.Variable.REACHED, RunStory.of(trail.of(run)).verdict().word());
  }
}
