package io.pgproof.workflow;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/** Pauses before something is tried again, as a setting says them. */
final class RetryCycle {
  private RetryCycle() {}

  /**
   * @param setting its name, for the error
   * @throws IllegalArgumentException when these are no ISO 8601 durations of time, separated by commas
   */
  static void require(String setting, String cycle) {
    try {
      for (String pause : cycle.split(",", -1)) {
        if (Duration.parse(pause).isNegative()) {
          throw new DateTimeParseException("negative", pause, 0);
        }
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          setting + " must be ISO 8601 durations separated by commas, such as PT10S,PT1M, not " + cycle);
    }
  }
}
