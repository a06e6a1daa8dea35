package io.pgproof.workflow;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What an operator may set about the workflow, below {@code pgproof}.
 *
 * @param state the state directory
 * @param retryCycle pauses before a failed step is tried again, ISO 8601, separated by commas; one try more than pauses
 * @param buildImages whether a missing image is built
 * @param watchEvery how much time passes between two looks for new backups
 * @param buildTimeout how long the build of an image may take
 * @param workerEndsWithin how long work that was interrupted is waited for, before its worker is left aside; checked by the desk, as the next
 * @param removalTimeout how long a step may remove files
 * @param reserve free space that a restore leaves to the engine; below half of it the run that takes the most is ended
 */
@ConfigurationProperties("pgproof")
record WorkflowSettings(
    Path state,
    @DefaultValue("PT5S,PT30S") String retryCycle,
    @DefaultValue("true") boolean buildImages,
    @DefaultValue("PT1M") Duration watchEvery,
    @DefaultValue("1h") Duration buildTimeout,
    Duration workerEndsWithin,
    Duration removalTimeout,
    @DefaultValue("1GB") DataSize reserve) {
  WorkflowSettings {
    RetryCycle.require("pgproof.retry-cycle", retryCycle);
    if (watchEvery.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("pgproof.watch-every must be at least 1s, not " + watchEvery);
    }
    if (buildTimeout.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("pgproof.build-timeout must be at least 1s, not " + buildTimeout);
    }
    if (reserve.toMegabytes() < 64) {
      throw new IllegalArgumentException("pgproof.reserve must be at least 64MB, not " + reserve);
    }
  }
}
