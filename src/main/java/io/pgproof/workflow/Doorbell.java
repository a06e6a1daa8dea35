package io.pgproof.workflow;

import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.RuntimeService;

/**
 * Tells a waiting process that its long work has ended.
 *
 * <p>The process may not have come to its wait yet, so the bell is rung for a few seconds; should it be missed even so, the timer
 * beside the wait looks.
 */
final class Doorbell implements LongWork.Bell {
  private static final int RINGS = 250;
  private static final long PAUSE_MILLIS = 20;

  private final RuntimeService runtime;

  Doorbell(RuntimeService runtime) {
    this.runtime = runtime;
  }

  @Override
  public void ring(RunId run, String message) {
    for (int ring = 0; ring < RINGS; ring++) {
      try {
        runtime.createMessageCorrelation(message).processInstanceBusinessKey(run.value()).correlate();
        return;
      } catch (MismatchingMessageCorrelationException | OptimisticLockingException e) {
        try {
          Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }
}
