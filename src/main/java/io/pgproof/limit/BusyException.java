package io.pgproof.limit;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.time.Duration;

/** A request was refused, because others are served; the same request may succeed later. */
public final class BusyException extends FindingException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * @param message a plain fact
   * @param retryAfter whole seconds
   */
  BusyException(String message, Duration retryAfter) {
    super(
        new Finding(
            Reason.ENVIRONMENT, message, "ask again in " + retryAfter.toSeconds() + " s", null));
    this.retryAfter = retryAfter;
  }

  /** Returns how long to wait before the next attempt, at least 1 s. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
