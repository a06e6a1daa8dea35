package io.pgproof.monitoring;

import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each target should have been proven again. One due time may fail, because the run after it
 * may still succeed. Keeps what it computed, because a schedule is costly to evaluate. Thread-safe.
 */
final class ProofDeadlines {
  private static final Duration WITHOUT_SCHEDULE = Duration.ofDays(8);

  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(Optional<Schedule> schedule, Instant proven, Instant deadline) {}

  /**
   * @param proven when the target was last proven
   */
  Instant after(Target target, Instant proven) {
    Optional<Schedule> schedule = target.plan().schedule();
    return known
        .compute(
            target.name(),
            (name, before) ->
                before != null
                        && before.schedule().equals(schedule)
                        && before.proven().equals(proven)
                    ? before
                    : new Known(schedule, proven, deadline(schedule, proven)))
        .deadline();
  }

  private static Instant deadline(Optional<Schedule> schedule, Instant proven) {
    return schedule
        .map(due -> due.nextAfter(due.nextAfter(proven)))
        .orElseGet(() -> proven.plus(WITHOUT_SCHEDULE));
  }
}
