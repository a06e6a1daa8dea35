package io.pgproof.workflow.turn;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.PollBackoff;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.Step;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Take turn: takes a container slot and continues, or says which runs come first. */
public final class TakeTurn extends Step {
  /**
   * Longer than for other waits: a run may wait for a night, and the run before it in this process
   * signals.
   */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final ContainerSlots containerSlots;
  private final ProgressBoard progress;

  public TakeTurn(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      ContainerSlots containerSlots,
      ProgressBoard progress) {
    super(evidenceLog, cancellations);
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.containerSlots = containerSlots;
    this.progress = progress;
  }

  @Override
  protected void perform(RunId run, DelegateExecution execution) {
    List<String> behind =
        containerSlots.acquire(ContainerSlots.Place.of(runRequests, run)).stream()
            .map(RunId::value)
            .toList();
    boolean waited = waited(run);
    execution.setVariable(VerifyBackup.Variable.TURN_TAKEN, behind.isEmpty());
    if (behind.isEmpty()) {
      if (waited) {
        record(run, new Evidence.TurnTaken());
      }
      return;
    }
    progress.phase(run, "wait").at(0, 0, Evidence.TurnAwaited.describeQueue(behind));
    if (waited) {
      PollBackoff.increase(execution, LONGEST_PAUSE);
    } else {
      PollBackoff.first(execution);
      record(run, new Evidence.TurnAwaited(behind));
    }
  }

  /** Returns whether the wait of the run is recorded since it last had a slot. */
  private boolean waited(RunId run) {
    return last(run, Evidence.TurnAwaited.class) > last(run, Evidence.TurnTaken.class);
  }

  private long last(RunId run, Class<? extends Evidence> type) {
    return evidenceLog.last(run, Evidence.kind(type)).map(EvidenceEntry::id).orElse(0L);
  }
}
