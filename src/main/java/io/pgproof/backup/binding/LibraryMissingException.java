package io.pgproof.backup.binding;

/** This machine lacks a library that every Debian has. */
public final class LibraryMissingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String mend;

  LibraryMissingException(String message, String mend, Throwable cause) {
    super(message, cause);
    this.mend = mend;
  }

  /** The command line that mends it. */
  public String mend() {
    return mend;
  }
}
