package io.pgproof.target;

import java.util.Optional;

/**
 * The server that mail is submitted to.
 *
 * @param from sender address of the mail
 * @param user login name; empty for no login
 * @param password present if and only if the user is
 */
public record Mail(
    String host,
    int port,
    Security security,
    String from,
    Optional<String> user,
    Optional<Secret> password) {

  /** How the connection is encrypted. */
  public enum Security {
    /** Starts unencrypted and then switches to encryption; without encryption, no mail is sent. */
    STARTTLS(587),
    /** Encrypted from the first byte. */
    TLS(465),
    NONE(25);

    private final int port;

    Security(int port) {
      this.port = port;
    }

    /** Returns the default port of such a server. */
    public int port() {
      return port;
    }
  }
}
