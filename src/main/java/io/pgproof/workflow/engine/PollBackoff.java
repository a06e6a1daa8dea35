package io.pgproof.workflow.engine;

import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import org.camunda.bpm.engine.delegate.DelegateExecution;

/**
 * Determines how long the process waits until it looks again: 1 s at first, doubled at each look up
 * to 30 s, or as the step says.
 */
public final class PollBackoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private PollBackoff() {}

  public static void first(DelegateExecution execution) {
    execution.setVariable(VerifyBackup.Variable.PAUSE, FIRST.toString());
  }

  public static void increase(DelegateExecution execution) {
    increase(execution, LONGEST);
  }

  public static void increase(DelegateExecution execution, Duration longest) {
    Duration now = Duration.parse((String) execution.getVariable(VerifyBackup.Variable.PAUSE));
    Duration next = now.multipliedBy(2);
    execution.setVariable(
        VerifyBackup.Variable.PAUSE, (next.compareTo(longest) > 0 ? longest : next).toString());
  }
}
