package io.pgproof.evidence;

import io.pgproof.proof.Report.FreshnessFacts;
import io.pgproof.proof.Report.Objective;
import io.pgproof.proof.Report.Objectives;
import io.pgproof.target.VerificationRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares what a run measured with the objectives of its request. */
final class MetObjectives {
  private MetObjectives() {}

  /**
   * Compares them.
   *
   * @param freshness {@code null} if the age of the data was not measured
   * @param tooOld whether the run found the data too old, perhaps by less than a second
   * @param restoreTime empty if the run did not get through recovery
   */
  static Objectives of(
      VerificationRequest.Objectives asked,
      @Nullable FreshnessFacts freshness,
      boolean tooOld,
      Optional<Duration> restoreTime) {
    return new Objectives(
        rpo(asked.maxAge(), freshness == null ? null : freshness.ageSeconds(), tooOld),
        asked.rtoObjective().map(objective -> rto(objective, restoreTime)).orElse(null));
  }

  private static Objective rpo(Duration maxAge, @Nullable Long ageSeconds, boolean tooOld) {
    return new Objective(
        maxAge.toSeconds(),
        ageSeconds,
        ageSeconds == null ? null : ageSeconds <= maxAge.toSeconds() && !tooOld);
  }

  private static Objective rto(Duration objective, Optional<Duration> restoreTime) {
    return new Objective(
        objective.toSeconds(),
        restoreTime.map(took -> took.plusNanos(999_999_999).toSeconds()).orElse(null),
        restoreTime.map(took -> took.compareTo(objective) <= 0).orElse(null));
  }
}
