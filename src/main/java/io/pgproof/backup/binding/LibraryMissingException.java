package io.pgproof.backup.binding;

import org.jspecify.annotations.Nullable;

/** A library that every Debian has is missing on this machine. */
public final class LibraryMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String mend;
  private final boolean byHand;

  LibraryMissingException(String message, String mend, boolean byHand, @Nullable Throwable cause) {
    super(message, cause);
    this.mend = mend;
    this.byHand = byHand;
  }

  /** Returns the remedy: a command line, or advice where a person must act. */
  public String remedy() {
    return mend;
  }

  /** Returns whether the remedy is advice and no command line. */
  public boolean byHand() {
    return byHand;
  }
}
