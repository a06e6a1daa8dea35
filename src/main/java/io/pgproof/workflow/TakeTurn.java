package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.util.List;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/** Take turn: goes on into the container, or says behind whom the run waits. */
final class TakeTurn extends Step {
  /** Longer than for other waits: a run may wait for a night, and whoever goes first in this process rings. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final Trail trail;
  private final Requests requests;
  private final Turns turns;
  private final ProgressBoard progress;

  TakeTurn(Trail trail, Withdrawals withdrawals, Requests requests, Turns turns, ProgressBoard progress) {
    super(trail, withdrawals);
    this.trail = trail;
    this.requests = requests;
    this.turns = turns;
    this.progress = progress;
  }

  @Override
  void perform(RunId run, DelegateExecution execution) {
    List<String> behind = turns.take(Turns.Place.of(requests, run)).stream().map(RunId::value).toList();
    boolean waited = waited(run);
    execution.setVariable(VerifyBackup.Variable.TURN_TAKEN, behind.isEmpty());
    if (behind.isEmpty()) {
      if (waited) {
        record(run, new Evidence.TurnTaken());
      }
      return;
    }
    progress.phase(run, "wait").at(0, 0, Evidence.TurnAwaited.words(behind));
    if (waited) {
      Pause.longer(execution, LONGEST_PAUSE);
    } else {
      Pause.first(execution);
      record(run, new Evidence.TurnAwaited(behind));
    }
  }

  /** Whether it is known to wait since it last had a turn. */
  private boolean waited(RunId run) {
    return last(run, Evidence.TurnAwaited.class) > last(run, Evidence.TurnTaken.class);
  }

  private long last(RunId run, Class<? extends Evidence> type) {
    return trail.last(run, Evidence.kind(type)).map(Entry::id).orElse(0L);
  }
}
