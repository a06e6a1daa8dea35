package io.pgproof.target;

import java.util.List;
import java.util.Optional;

/**
 * What the server does with a target automatically while it runs.
 *
 * @param schedule when the target is verified; empty for never
 * @param controlSchedule when a negative control of the target is made; empty for never
 * @param watch whether each new backup is verified as soon as it is complete
 * @param tell names of the recipients of the results
 */
public record Plan(
    Optional<Schedule> schedule,
    Optional<Schedule> controlSchedule,
    boolean watch,
    List<String> tell) {
  /** Nothing is automatic. */
  public static final Plan NONE = new Plan(Optional.empty(), false, List.of());

  public Plan {
    tell = List.copyOf(tell);
  }

  /** A plan without negative controls. */
  public Plan(Optional<Schedule> schedule, boolean watch, List<String> tell) {
    this(schedule, Optional.empty(), watch, tell);
  }
}
