package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.Waivers;
import io.pgproof.audit.Waivers.Waiver;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Clock;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Look for waiver: looks whether a person accepted this same backup in another run until a time in
 * the future.
 */
final class LookForWaiver implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final Waivers waivers;
  private final Clock clock;

  LookForWaiver(EvidenceLog evidenceLog, RunRequests runRequests, Waivers waivers, Clock clock) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.waivers = waivers;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    Optional<Waiver> waiver =
        runRequests.identity(run).flatMap(backup -> waivers.valid(backup, clock.instant()));
    execution.setVariable(VerifyBackup.Variable.WAIVED, waiver.isPresent());
    waiver.ifPresent(
        valid ->
            new Evidence.Waived(
                    valid.run().value(), valid.grantedBy(), valid.until(), valid.reason())
                .record(evidenceLog, run));
  }
}
