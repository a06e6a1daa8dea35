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
 * @param engineHistory how long the engine keeps the history of a process that has ended
 * @param engineCleanup when the engine removes history that is older
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
    long reserve,
    Duration engineHistory,
    CleanupWindow engineCleanup) {
  public static final String WORKER_ENDS_WITHIN = "30s";
  public static final String REMOVAL_TIMEOUT = "3m";

  private static final long LEAST_RESERVE = 64L << 20;
  private static final Duration LEAST_HISTORY = Duration.ofDays(1);
  private static final Duration MOST_HISTORY = Duration.ofDays(3650);

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
    if (engineHistory.compareTo(LEAST_HISTORY) < 0 || engineHistory.compareTo(MOST_HISTORY) > 0) {
      throw new IllegalArgumentException(
          "pgproof.engine-history must be from 1d to 3650d, not " + Durations.write(engineHistory));
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
      @DefaultValue("1G") String reserve,
      @DefaultValue("365d") String engineHistory,
      @DefaultValue("00:00-05:00") String engineCleanup) {
    this(
        state,
        RetryCycle.of("pgproof.retry-cycle", retryCycle),
        buildImages,
        Durations.parseSetting("pgproof.watch-every", watchEvery),
        Durations.parseSetting("pgproof.build-timeout", buildTimeout),
        Durations.parseSetting("pgproof.worker-ends-within", workerEndsWithin),
        Durations.parseSetting("pgproof.removal-timeout", removalTimeout),
        Sizes.parseSetting("pgproof.reserve", reserve),
        Durations.parseSetting("pgproof.engine-history", engineHistory),
        CleanupWindow.parse("pgproof.engine-cleanup", engineCleanup));
  }
}
