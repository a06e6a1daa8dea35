package io.pgproof.daemon;

import io.pgproof.target.Durations;
import io.pgproof.workflow.engine.WorkflowSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings below {@code pgproof} for every process that owns a state directory, with an engine or
 * without.
 *
 * @param workerEndsWithin how long to wait for a container's processes that were killed
 * @param removalTimeout how long the removal of one leftover, or of a step's own files, may take;
 *     it must end before the engine gives a job to another thread
 */
@ConfigurationProperties("pgproof")
record DaemonSettings(Duration workerEndsWithin, Duration removalTimeout) {
  private static final Duration LONGEST_REMOVAL = Duration.ofMinutes(4);

  DaemonSettings {
    if (workerEndsWithin.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "pgproof.worker-ends-within must be at least 1s, not "
              + Durations.write(workerEndsWithin));
    }
    if (removalTimeout.compareTo(Duration.ofSeconds(1)) < 0
        || removalTimeout.compareTo(LONGEST_REMOVAL) > 0) {
      throw new IllegalArgumentException(
          "pgproof.removal-timeout must be from 1s to 4m, not " + Durations.write(removalTimeout));
    }
  }

  /** Reads the settings; durations are in the format of the options. */
  @ConstructorBinding
  DaemonSettings(
      @DefaultValue(WorkflowSettings.WORKER_ENDS_WITHIN) String workerEndsWithin,
      @DefaultValue(WorkflowSettings.REMOVAL_TIMEOUT) String removalTimeout) {
    this(
        Durations.parseSetting("pgproof.worker-ends-within", workerEndsWithin),
        Durations.parseSetting("pgproof.removal-timeout", removalTimeout));
  }
}
