package io.pgproof.target;

import java.time.ZoneOffset;
import java.util.List;

/**
 * Where the server anchors the evidence log by itself.
 *
 * @param command program that gets each checkpoint, and its arguments; empty for none
 * @param schedule when the log is anchored
 */
public record Anchoring(List<String> command, Schedule schedule) {
  static final Schedule DAILY = new Schedule("0 4 * * *", ZoneOffset.UTC);

  /** The server anchors nothing by itself. */
  public static final Anchoring NONE = new Anchoring(List.of(), DAILY);

  public Anchoring {
    command = List.copyOf(command);
  }
}
