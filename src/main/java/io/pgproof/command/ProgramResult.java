package io.pgproof.command;

import java.time.Duration;

/**
 * How a program of the host ended.
 *
 * <p>Death by a signal says nothing about what the program was asked to judge: never make a finding
 * of it.
 *
 * @param command what was run
 * @param status exit status; 128 plus the signal's number where a signal ended it
 * @param out what it wrote to standard output, the last MiB of it, as UTF-8
 * @param err what it wrote to standard error, the last MiB of it, as UTF-8
 * @param took from start to end
 * @param timedOut whether it was killed at its limit
 */
public record ProgramResult(
    HostCommand command, int status, String out, String err, Duration took, boolean timedOut) {
  private static final int LAST_SIGNAL = 64;

  /** Whether it ended by itself with status 0. */
  public boolean succeeded() {
    return status == 0 && !timedOut;
  }

  /** Whether a signal ended it; a shell that reports its child's signal counts too. */
  public boolean bySignal() {
    return timedOut || status > 128 && status <= 128 + LAST_SIGNAL;
  }

  /** Program, how it ended, and its last words, for a message; no full stop. */
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
