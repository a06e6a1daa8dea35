package io.pgproof.backup.binding;

/** A library that every Debian has is missing on this machine. */
public final class LibraryMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String mend;

  LibraryMissingException(String message, String mend, Throwable cause) {
    super(message, cause);
    this.mend = mend;
  }

  /** Returns the remedy: a command line, or advice for a Java that is not 64-bit. */
  public String mend() {
    return mend;
  }
}
