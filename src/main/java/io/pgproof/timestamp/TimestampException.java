package io.pgproof.timestamp;

/** A time stamp cannot be relied on; the message says why, without a full stop. */
public final class TimestampException extends Exception {
  private static final long serialVersionUID = 1L;

  TimestampException(String message) {
    super(message);
  }
}
