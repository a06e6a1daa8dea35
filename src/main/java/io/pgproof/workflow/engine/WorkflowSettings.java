package io.pgproof.workflow.engine;

import io.pgproof.target.Sizes;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of the workflow, below {@code pgproof}.
 *
 * @param state the state directory
 * @param retryCycle pauses before a failed step is retried, separated by commas; there is one try
 *     more than pauses
 * @param buildImages whether to build a missing image
 * @param watchEvery how much time passes between two looks for new backups
 * @param buildTimeout how long the build of an image may take
 * @param workerEndsWithin how long to wait for interrupted work before its worker is abandoned;
 *     checked by {@code DaemonSettings}, like the next one
 * @param removalTimeout how long a step may take to remove files
 * @param reserve free space that a restore leaves to the engine, a size in the format of the
 *     options; below half of it, the run that takes the most is ended
 */
@ConfigurationProperties("pgproof")
public record WorkflowSettings(
    Path state,
    @DefaultValue("PT5S,PT30S") String retryCycle,
    @DefaultValue("true") boolean buildImages,
    @DefaultValue("PT1M") Duration watchEvery,
    @DefaultValue("1h") Duration buildTimeout,
    Duration workerEndsWithin,
    Duration removalTimeout,
    @DefaultValue("1G") String reserve) {
  private static final long LEAST_RESERVE = 64L << 20;

  public WorkflowSettings {
    retryCycle = RetryCycle.of("pgproof.retry-cycle", retryCycle);
    if (watchEvery.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "pgproof.watch-every must be at least 1s, not " + watchEvery);
    }
    if (buildTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "pgproof.build-timeout must be at least 1s, not " + buildTimeout);
    }
    if (size("pgproof.reserve", reserve) < LEAST_RESERVE) {
      throw new IllegalArgumentException("pgproof.reserve must be at least 64M, not " + reserve);
    }
  }

  public long reserveBytes() {
    return size("pgproof.reserve", reserve);
  }

  private static long size(String setting, String text) {
    try {
      return Sizes.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting + ": " + e.getMessage(), e);
    }
  }
}
