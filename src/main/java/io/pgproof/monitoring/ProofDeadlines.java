package io.pgproof.monitoring;

import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each target should have been proven again, and controlled again by its control-schedule. One
 * due time may fail, because the run after it may still succeed. Keeps what it computed, because a
 * schedule is costly to evaluate. Thread-safe.
 */
final class ProofDeadlines {
  private static final Duration WITHOUT_SCHEDULE = Duration.ofDays(8);

  private final Map<String, Known> proofs = new ConcurrentHashMap<>();
  private final Map<String, Known> controls = new ConcurrentHashMap<>();

  private record Known(Optional<Schedule> schedule, Instant last, Instant deadline) {}

  /**
   * @param proven when the target was last proven
   */
  Instant after(Target target, Instant proven) {
    return after(proofs, target, target.plan().schedule(), proven);
  }

  /**
   * @param target one that has a control-schedule
   * @param tested since when each of its checks has been tested
   */
  Instant afterControl(Target target, Instant tested) {
    return after(controls, target, target.plan().controlSchedule(), tested);
  }

  private static Instant after(
      Map<String, Known> known, Target target, Optional<Schedule> schedule, Instant last) {
    return known
        .compute(
            target.name(),
            (name, before) ->
                before != null && before.schedule().equals(schedule) && before.last().equals(last)
                    ? before
                    : new Known(schedule, last, deadline(schedule, last)))
        .deadline();
  }

  private static Instant deadline(Optional<Schedule> schedule, Instant last) {
    return schedule
        .map(due -> due.nextAfter(due.nextAfter(last)))
        .orElseGet(() -> last.plus(WITHOUT_SCHEDULE));
  }
}
