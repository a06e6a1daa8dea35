package io.pgproof.target;

import java.util.List;
import java.util.Optional;

/**
 * What happens to a target by itself, while the server runs.
 *
 * @param schedule when it is verified; empty for never
 * @param watch whether each new backup is verified as soon as it is complete
 * @param tell names of the recipients who hear how it went
 */
public record Plan(Optional<Schedule> schedule, boolean watch, List<String> tell) {
  /** Nothing happens by itself. */
  public static final Plan NONE = new Plan(Optional.empty(), false, List.of());

  public Plan {
    tell = List.copyOf(tell);
  }
}
