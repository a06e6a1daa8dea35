package io.pgproof.workflow.engine;

import io.pgproof.target.Durations;
import io.pgproof.target.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the workflow, below {@code pgproof}.
 *
 * @param state the state directory
 * @param retryCycle pauses before a failed step is retried, ISO 8601, separated by commas; there is
 *     one try more than pauses
 * @param buildImages whether to build a missing image
 * @param watchEvery how much time passes between two looks for new backups
 * @param buildTimeout how long the build of an image may take
 * @param workerEndsWithin how long to wait for interrupted work before its worker is abandoned;
 *     checked by {@code DaemonSettings}, like the next one
 * @param removalTimeout how long a step may take to remove files
 * @param reserve bytes of free space that a restore leaves to the engine; below half of it, the run
 *     that takes the most is ended
 */
@ConfigurationProperties("pgproof")
public record WorkflowSettings(
    Path state,
    String retryCycle,
    boolean buildImages,
    Duration watchEvery,
    Duration buildTimeout,
    Duration workerEndsWithin,
    Duration removalTimeout,
    long reserve) {
  public static final String WORKER_ENDS_WITHIN = "30s";
  public static final String REMOVAL_TIMEOUT = "3m";

  private static final long LEAST_RESERVE = 64L << 20;

  public WorkflowSettings {
    if (watchEvery.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "pgproof.watch-every must be at least 1s, not " + Durations.write(watchEvery));
    }
    if (buildTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "pgproof.build-timeout must be at least 1s, not " + Durations.write(buildTimeout));
    }
    if (reserve < LEAST_RESERVE) {
      throw new IllegalArgumentException(
          "pgproof.reserve must be at least 64M, not " + Sizes.write(reserve));
    }
  }

  /** Reads the settings; durations and sizes are in the format of the options. */
  @ConstructorBinding
  WorkflowSettings(
      Path state,
      @DefaultValue("PT5S,PT30S") String retryCycle,
      @DefaultValue("true") boolean buildImages,
      @DefaultValue("1m") String watchEvery,
      @DefaultValue("1h") String buildTimeout,
      @DefaultValue(WORKER_ENDS_WITHIN) String workerEndsWithin,
      @DefaultValue(REMOVAL_TIMEOUT) String removalTimeout,
      @DefaultValue("1G") String reserve) {
    this(
        state,
        RetryCycle.of("pgproof.retry-cycle", retryCycle),
        buildImages,
        Durations.parseSetting("pgproof.watch-every", watchEvery),
        Durations.parseSetting("pgproof.build-timeout", buildTimeout),
        Durations.parseSetting("pgproof.worker-ends-within", workerEndsWithin),
        Durations.parseSetting("pgproof.removal-timeout", removalTimeout),
        Sizes.parseSetting("pgproof.reserve", reserve));
  }
}
