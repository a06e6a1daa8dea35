package io.pgproof.sandbox.lxc.binding;

/** This machine has no liblxc that pgproof can drive. */
public final class LiblxcUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String mend;

  LiblxcUnavailableException(String message, String mend, Throwable cause) {
    super(message, cause);
    this.mend = mend;
  }

  /** What to do about it: a command line where one is enough. */
  public String mend() {
    return mend;
  }
}
