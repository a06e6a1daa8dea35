package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Note interruption: the program ended in the middle of the stay; the last attempt's interruption is a finding. */
final class NoteInterruption implements JavaDelegate {
  private final Trail trail;

  NoteInterruption(Trail trail) {
    this.trail = trail;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    RunStory story = RunStory.of(trail.of(run));
    if (story.checked()) {
      // Only the teardown was cut off; what the checks told stands.
      execution.setVariable(VerifyBackup.Variable.INTERRUPTED, false);
      return;
    }
    int attempt = story.attempt();
    execution.setVariable(VerifyBackup.Variable.INTERRUPTED, true);
    execution.setVariable(VerifyBackup.Variable.ATTEMPT, attempt);
    new Evidence.Interrupted(attempt).record(trail, run);
    if (attempt >= VerifyBackup.MOST_ATTEMPTS) {
      Evidence.Found.of(Finding.of(Reason.INTERRUPTED,
          "the program ended in the middle of all " + attempt + " attempts")).record(trail, run);
    }
  }
}
