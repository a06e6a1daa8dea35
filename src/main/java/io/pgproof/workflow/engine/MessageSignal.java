package io.pgproof.workflow.engine;

import io.pgproof.proof.LogContext;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Execution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a waiting process that its long work has ended.
 *
 * <p>The process may not have reached its wait yet, so the signal is repeated for a few seconds; if
 * the process misses it anyway, the timer beside the wait looks.
 */
public final class MessageSignal implements BackgroundWork.Bell {
  private static final Logger LOG = LoggerFactory.getLogger(MessageSignal.class);
  private static final int RINGS = 250;
  private static final long PAUSE_MILLIS = 20;

  private final RuntimeService runtime;

  public MessageSignal(RuntimeService runtime) {
    this.runtime = runtime;
  }

  @Override
  public void signal(RunId run, String message) {
    LogContext.with(run, () -> signalOften(run, message));
  }

  private void signalOften(RunId run, String message) {
    for (int ring = 0; ring < RINGS; ring++) {
      if (heard(run, message)) {
        return;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean heard(RunId run, String message) {
    try {
      // Not correlated: correlation would also start any process that begins with such a message.
      Execution waiting =
          runtime
              .createExecutionQuery()
              .processInstanceBusinessKey(run.value())
              .messageEventSubscriptionName(message)
              .active()
              .singleResult();
      if (waiting == null) {
        return false;
      }
      runtime.messageEventReceived(message, waiting.getId());
      return true;
    } catch (RuntimeException e) {
      // The timer beside the wait was faster, or the engine's database does not answer: then the
      // timer will look.
      LOG.debug("{} of run {} was not received: {}", message, run, e.toString());
      return false;
    }
  }
}
