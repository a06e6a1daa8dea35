package io.pgproof.certificate;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.time.Duration;

/** No certificate was issued, because others are being issued. */
public final class CertificatesBusyException extends FindingException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * @param most how many are issued at a time
   * @param patience how long requests wait
   */
  CertificatesBusyException(int most, Duration patience) {
    this(most, Math.max(1, patience.toSeconds()));
  }

  private CertificatesBusyException(int most, long seconds) {
    super(
        new Finding(
            Reason.ENVIRONMENT,
            "other certificates are being issued, at most " + most + " at a time",
            "ask again in " + seconds + " s",
            null));
    this.retryAfter = Duration.ofSeconds(seconds);
  }

  /** Returns how long to wait before the next attempt. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
