package io.pgproof.command;

import java.time.Duration;

/**
 * How a program of the host ended.
 *
 * <p>If a signal ended the program, it says nothing about the object that the program had to check.
 * Never turn it into a finding.
 *
 * @param command the command that was run
 * @param status exit status; 128 plus the signal number if a signal ended the program
 * @param out standard output as UTF-8, at most the last MiB
 * @param err standard error as UTF-8, at most the last MiB
 * @param took time from start to end
 * @param timedOut whether it was killed at its limit
 */
public record ProgramResult(
    HostCommand command, int status, String out, String err, Duration took, boolean timedOut) {
  private static final int LAST_SIGNAL = 64;

  /** Returns whether the program ended by itself with status 0. */
  public boolean succeeded() {
    return status == 0 && !timedOut;
  }

  /**
   * Returns whether a signal ended the program. A shell that reports its child's signal also
   * counts.
   */
  public boolean bySignal() {
    return timedOut || (status > 128 && status <= 128 + LAST_SIGNAL);
  }

  /**
   * Returns the program, how it ended, and the end of its output, for a message; without a full
   * stop.
   */
  public String describe() {
    String program = command.line().get(0);
    String how =
        timedOut
            ? "was killed at its limit of " + command.limit().toSeconds() + " s"
            : bySignal() ? "was ended by signal " + (status - 128) : "ended with status " + status;
    String words = err.isBlank() ? out.strip() : err.strip();
    return program + " " + how + (words.isEmpty() ? "" : ": " + words);
  }
}
