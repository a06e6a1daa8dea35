package io.pgproof.token;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A token as the database keeps it, without its secret.
 *
 * @param id names the token to people and in {@code revoke}; not secret
 * @param name what the token is for, in the words of the person who created it
 * @param user id of the user in whose name the token acts
 * @param lastUse the last use that was accepted, to the minute; empty if it was never used
 * @param revocation empty unless the token was revoked
 */
public record Token(
    String id,
    String name,
    String user,
    SortedSet<Scope> scopes,
    Act created,
    Instant expiresAt,
    Optional<Use> lastUse,
    Optional<Act> revocation) {

  public Token {
    scopes = new TreeSet<>(scopes);
  }

  /** Somebody did something with a token. */
  public record Act(Instant at, String by) {}

  /**
   * A call was made with the token.
   *
   * @param from address of the caller
   */
  public record Use(Instant at, String from) {}

  /** Whether a token is accepted. */
  public enum State {
    VALID,
    EXPIRED,
    REVOKED
  }

  public State state(Instant now) {
    if (revocation.isPresent()) {
      return State.REVOKED;
    }
    return now.isBefore(expiresAt) ? State.VALID : State.EXPIRED;
  }

  @Override
  public SortedSet<Scope> scopes() {
    return new TreeSet<>(scopes);
  }
}
