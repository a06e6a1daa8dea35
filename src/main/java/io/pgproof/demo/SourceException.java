package io.pgproof.demo;

/**
 * The source database did not do what was requested. The message contains the output of the server
 * or the program.
 */
public final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SourceException(String message) {
    super(message);
  }

  SourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
