package io.pgproof.workflow;

import io.pgproof.target.Durations;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Pauses before something is tried again, as a setting says them. */
final class RetryCycle {
  private RetryCycle() {}

  /**
   * @param setting its name, for the error
   * @param cycle durations as the options take them, separated by commas
   * @return the same in ISO 8601, as the engine takes them
   * @throws IllegalArgumentException when these are no durations
   */
  static String of(String setting, String cycle) {
    try {
      return Arrays.stream(cycle.split(",", -1)).map(pause -> Durations.parse(pause).toString()).collect(Collectors.joining(","));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting + " must be durations separated by commas, such as 10s,1m or PT10S,PT1M, not " + cycle);
    }
  }
}
