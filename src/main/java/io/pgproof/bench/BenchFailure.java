package io.pgproof.bench;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;

/** Ends a benchmark, because something that it measures does not work. */
final class BenchFailure extends FindingException {
  private static final long serialVersionUID = 1L;

  BenchFailure(String message) {
    super(
        Reason.ENVIRONMENT,
        message,
        "read the message, run " + Launcher.COMMAND + " doctor, then run the benchmark again");
  }
}
