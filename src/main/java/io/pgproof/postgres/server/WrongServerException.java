package io.pgproof.postgres.server;

import java.io.IOException;

/** A process other than the restored server answers at its socket; nothing was sent to it. */
final class WrongServerException extends IOException {
  private static final long serialVersionUID = 1L;

  WrongServerException(String message) {
    super(message);
  }
}
