package io.pgproof.command;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A command to run on the host, with a time limit.
 *
 * @param line program and arguments; no shell interprets them
 * @param limit maximum run time; then the whole process group is killed
 * @param environment variables added to an otherwise nearly empty environment ({@code PATH}, {@code
 *     LANG=C.UTF-8})
 * @param input standard input, in UTF-8; at most 4 KiB, so that it is written whether the program
 *     reads it or not
 */
public record HostCommand(
    List<String> line, Duration limit, Map<String, String> environment, String input) {
  private static final int LONGEST_INPUT = 4096;

  public HostCommand {
    line = List.copyOf(line);
    environment = Map.copyOf(environment);
    if (line.isEmpty()) {
      throw new IllegalArgumentException("a command needs a program");
    }
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(
          "the limit of " + line.get(0) + " must be longer than zero");
    }
    if (input.getBytes(StandardCharsets.UTF_8).length > LONGEST_INPUT) {
      throw new IllegalArgumentException("the input of " + line.get(0) + " is too long");
    }
  }

  /** A command whose standard input is empty. */
  public HostCommand(List<String> line, Duration limit, Map<String, String> environment) {
    this(line, limit, environment, "");
  }

  public HostCommand(Duration limit, String... line) {
    this(List.of(line), limit, Map.of());
  }
}
