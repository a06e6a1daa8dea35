package io.pgproof.sandbox;

/** The host could not do what a machine needs: a fault of the environment, worth another try. */
public final class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what failed, with the machine's name and the words of the program that failed
   */
  public SandboxException(String message) {
    super(message);
  }

  public SandboxException(String message, Throwable cause) {
    super(message, cause);
  }
}
