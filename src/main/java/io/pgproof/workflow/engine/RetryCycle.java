package io.pgproof.workflow.engine;

import io.pgproof.target.Durations;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutorContext;

/** Parses the pauses between retries that a setting contains. */
public final class RetryCycle {
  private RetryCycle() {}

  /**
   * Converts the pauses to the format of the engine.
   *
   * @param setting name of the setting, for the error message
   * @param cycle durations in the format of the options, separated by commas
   * @return the same in ISO 8601, as the engine takes them
   * @throws IllegalArgumentException when these are not durations
   */
  public static String of(String setting, String cycle) {
    try {
      return Arrays.stream(cycle.split(",", -1))
          .map(pause -> Durations.parse(pause).toString())
          .collect(Collectors.joining(","));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          setting
              + " must be durations separated by commas, such as 10s,1m or PT10S,PT1M, not "
              + cycle);
    }
  }

  /** Returns whether the job that runs in this thread will not be retried automatically. */
  public static boolean isLastTry() {
    JobExecutorContext job = Context.getJobExecutorContext();
    return job != null && job.getCurrentJob() != null && job.getCurrentJob().getRetries() <= 1;
  }
}
