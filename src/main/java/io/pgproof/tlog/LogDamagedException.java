package io.pgproof.tlog;

/** A part of the log is missing, or does not fit the rest of it. The message says which part. */
public final class LogDamagedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LogDamagedException(String message) {
    super(message);
  }
}
