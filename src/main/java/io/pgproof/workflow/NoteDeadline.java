package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Note deadline: the stay took longer than it may. */
final class NoteDeadline implements JavaDelegate {
  private final Trail trail;

  NoteDeadline(Trail trail) {
    this.trail = trail;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    if (RunStory.of(trail.of(run)).checked()) {
      // Only the teardown was late; what the checks told stands.
      return;
    }
    Evidence.Found.of(Finding.of(Reason.DEADLINE,
        "the stay in the container did not end within "
            + Words.duration(Duration.parse((String) execution.getVariable(VerifyBackup.Variable.DEADLINE))))).record(trail, run);
  }
}
