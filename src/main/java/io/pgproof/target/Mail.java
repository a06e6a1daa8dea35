package io.pgproof.target;

import java.util.Optional;

/**
 * The server that mail is handed to.
 *
 * @param from address that mail comes from
 * @param user to log in as; empty for no log-in
 * @param password there if and only if the user is
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
    /** In clear at first, then encrypted or not used at all. */
    STARTTLS(587),
    /** From the first byte. */
    TLS(465),
    NONE(25);

    private final int port;

    Security(int port) {
      this.port = port;
    }

    /** Where such a server listens unless it is said otherwise. */
    public int port() {
      return port;
    }
  }
}
