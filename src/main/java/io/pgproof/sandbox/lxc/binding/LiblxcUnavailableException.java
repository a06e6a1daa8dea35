package io.pgproof.sandbox.lxc.binding;

import org.jspecify.annotations.Nullable;

/** This machine has no liblxc that pgproof can use. */
public final class LiblxcUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String mend;

  LiblxcUnavailableException(String message, String mend, @Nullable Throwable cause) {
    super(message, cause);
    this.mend = mend;
  }

  /** Returns the remedy: a command line if one is sufficient. */
  public String remedy() {
    return mend;
  }
}
