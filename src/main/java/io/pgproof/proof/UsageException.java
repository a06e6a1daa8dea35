package io.pgproof.proof;

/** The request cannot be started: no run is made, and the exit status is 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  /** Uses the hint from the registry of reasons. */
  public UsageException(Reason reason, String message) {
    this(reason, message, reason.hint());
  }

  /**
   * @throws IllegalArgumentException if the reason's fault is not {@link Fault#USAGE}
   */
  public UsageException(Reason reason, String message, String hint) {
    super(message);
    if (reason.fault() != Fault.USAGE) {
      throw new IllegalArgumentException(reason + " is not a usage error");
    }
    this.finding = new Finding(reason, message, hint, null);
  }

  /** Returns the reason, the message and the hint. */
  public Finding finding() {
    return finding;
  }
}
