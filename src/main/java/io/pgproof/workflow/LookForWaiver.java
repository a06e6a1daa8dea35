package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Waivers;
import io.pgproof.audit.Waivers.Waiver;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Look for waiver: whether a person accepted this very backup in another run, until a time that is yet to come. */
final class LookForWaiver implements JavaDelegate {
  private final Trail trail;
  private final Requests requests;
  private final Waivers waivers;
  private final Clock clock;

  LookForWaiver(Trail trail, Requests requests, Waivers waivers, Clock clock) {
    this.trail = trail;
    this.requests = requests;
    this.waivers = waivers;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    Optional<Waiver> waiver = requests.identity(run).flatMap(backup -> waivers.valid(backup, clock.instant()));
    execution.setVariable(VerifyBackup.Variable.WAIVED, waiver.isPresent());
    waiver.ifPresent(valid ->
        new Evidence.Waived(valid.run().value(), valid.grantedBy(), valid.until(), valid.reason()).record(trail, run));
  }
}
