package io.pgproof.proof;

/** What was asked for cannot be begun: no run is made, the exit status is 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String hint;

  /** With the registry's own hint. */
  public UsageException(Reason reason, String message) {
    this(reason, message, reason.hint());
  }

  /**
   * @throws IllegalArgumentException when the reason's fault is not {@link Fault#USAGE}
   */
  public UsageException(Reason reason, String message, String hint) {
    super(message);
    if (reason.fault() != Fault.USAGE) {
      throw new IllegalArgumentException(reason + " is no usage error");
    }
    this.reason = reason;
    this.hint = hint;
  }

  public Reason reason() {
    return reason;
  }

  public String hint() {
    return hint;
  }
}
