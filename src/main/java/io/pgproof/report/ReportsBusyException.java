package io.pgproof.report;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.time.Duration;

/** No report was made, because others are being made. */
public final class ReportsBusyException extends FindingException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * @param patience how long requests wait
   */
  ReportsBusyException(Duration patience) {
    this(Math.max(1, patience.toSeconds()));
  }

  private ReportsBusyException(long seconds) {
    super(
        new Finding(
            Reason.ENVIRONMENT,
            "other reports are being made, one at a time",
            "ask again in " + seconds + " s",
            null));
    this.retryAfter = Duration.ofSeconds(seconds);
  }

  /** Returns how long to wait before the next attempt. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
