package io.pgproof.sandbox;

/**
 * The host could not do what a machine needs. This is a fault of the environment, and a retry can
 * help.
 */
public final class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what failed, with the machine's name and the output of the failed program
   */
  public SandboxException(String message) {
    super(message);
  }

  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
