package io.pgproof.bench;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import io.pgproof.state.StateDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs pgproof's commands as a shell does, and measures them. */
final class Commands {
  private static final Duration LIMIT = Duration.ofHours(1);

  // The shell measures the processor time of all that the launcher becomes.
  private static final String TIMED = "TIMEFORMAT='%R %U %S'; time \"$@\"";

  private final HostPrograms programs;
  private final Path launcher;
  private final StateDirectory state;

  /**
   * @param launcher the script that starts pgproof
   */
  Commands(HostPrograms programs, Path launcher, StateDirectory state) {
    this.programs = programs;
    this.launcher = launcher;
    this.state = state;
  }

  /**
   * What a command took.
   *
   * @param began when its process began
   * @param seconds from its start to its end
   * @param processor seconds of processor time, of user and kernel
   */
  record Took(Instant began, double seconds, double processor, String out) {}

  HostCommand command(Duration limit, List<String> arguments) {
    List<String> line = new ArrayList<>(List.of(launcher.toString()));
    line.addAll(arguments);
    return new HostCommand(
        line,
        limit,
        Map.of(
            "PGPROOF_STATE",
            state.path().toString(),
            "SERVER_PORT",
            "0",
            "MANAGEMENT_SERVER_PORT",
            "0"));
  }

  /**
   * Runs a command to its end.
   *
   * @param status the exit status that it must have
   */
  Took run(int status, String... arguments) {
    HostCommand plain = command(LIMIT, List.of(arguments));
    List<String> line = new ArrayList<>(List.of("/bin/bash", "-c", TIMED, "bash"));
    line.addAll(plain.line());
    Instant began = Instant.now();
    ProgramResult result = programs.run(new HostCommand(line, LIMIT, plain.environment()));
    if (result.status() != status) {
      throw new BenchFailure(
          "pgproof "
              + String.join(" ", arguments)
              + " ended with "
              + result.status()
              + " and not with "
              + status
              + ": "
              + result.describe());
    }
    String[] times = result.err().strip().lines().reduce("", (all, last) -> last).split(" ");
    return new Took(
        began,
        Double.parseDouble(times[0]),
        Double.parseDouble(times[1]) + Double.parseDouble(times[2]),
        result.out());
  }
}
