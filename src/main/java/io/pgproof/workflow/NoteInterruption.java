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
    int attempt = (Integer) execution.getVariable(VerifyBackup.Variable.ATTEMPT);
    record(run, new Evidence.Interrupted(attempt));
    if (attempt >= VerifyBackup.MOST_ATTEMPTS) {
      record(run, Evidence.Found.of(Finding.of(Reason.INTERRUPTED,
          "the program ended in the middle of all " + attempt + " attempts")));
    }
  }

  private void record(RunId run, Evidence evidence) {
    trail.record(run, Evidence.kind(evidence.getClass()), Trail.PGPROOF, evidence);
  }
}
