package io.pgproof.proof;

import org.jspecify.annotations.Nullable;

/**
 * Ends a step with a {@link Finding}. Any other exception from a step is a fault of the
 * environment, and the step is retried.
 */
public class FindingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  public FindingException(Finding finding) {
    super(finding.reason().code() + ": " + finding.message());
    this.finding = finding;
  }

  public FindingException(Finding finding, @Nullable Throwable cause) {
    this(finding);
    initCause(cause);
  }

  /** Uses the hint from the registry of reasons. */
  public FindingException(Reason reason, String message) {
    this(Finding.of(reason, message));
  }

  public FindingException(Reason reason, String message, String hint) {
    this(new Finding(reason, message, hint, null));
  }

  public Finding finding() {
    return finding;
  }
}
