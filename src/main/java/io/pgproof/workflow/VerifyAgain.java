package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.springframework.beans.factory.ObjectProvider;

/** Verify again: a new run of the same request, asked for by whoever decided it. */
final class VerifyAgain implements JavaDelegate {
  private final Trail trail;
  private final Requests requests;
  private final ObjectProvider<Verifications> verifications;

  /**
   * @param verifications asked for late, for it is made of the engine that this delegate belongs to
   */
  VerifyAgain(Trail trail, Requests requests, ObjectProvider<Verifications> verifications) {
    this.trail = trail;
    this.requests = requests;
    this.verifications = verifications;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    String person = trail.last(run, Evidence.kind(Evidence.Decided.class)).map(Entry::actor)
        .orElseThrow(() -> new IllegalStateException("nobody decided that run " + run + " is to be verified again"));
    RunId next = verifications.getObject().beginUnseen(requests.of(run).by(person), run, Optional.empty());
    new Evidence.BegunAgain(next.value()).record(trail, run);
  }
}
