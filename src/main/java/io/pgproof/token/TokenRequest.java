package io.pgproof.token;

import io.pgproof.proof.Mistakes;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a new token is to be.
 *
 * @param user id of the user in whose name it acts
 * @param name what it is for
 * @param lifetime how long it is valid
 */
public record TokenRequest(String user, String name, SortedSet<Scope> scopes, Duration lifetime) {
  public static final Duration DEFAULT_LIFETIME = Duration.ofDays(90);
  public static final Duration LONGEST_LIFETIME = Duration.ofDays(366);

  /** Maximum length of a name. */
  public static final int LONGEST_NAME = 64;

  private static final Duration SHORTEST_LIFETIME = Duration.ofMinutes(1);
  private static final int LONGEST_USER = 255;

  public TokenRequest {
    user = user.strip();
    name = name.strip();
    scopes = new TreeSet<>(scopes);
  }

  @Override
  public SortedSet<Scope> scopes() {
    return new TreeSet<>(scopes);
  }

  /**
   * Checks the request.
   *
   * @throws io.pgproof.proof.UsageException {@code bad-option} that names everything that is wrong
   */
  void check() {
    Mistakes mistakes = new Mistakes();
    if (user.isEmpty() || user.length() > LONGEST_USER) {
      mistakes.add(Mistakes.notAllowed("the user", user, "the id of a user"));
    }
    if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || name.codePoints().anyMatch(Character::isISOControl)) {
      mistakes.add(
          Mistakes.notAllowed(
              "the name of the token", name, "1 to " + LONGEST_NAME + " characters on one line"));
    }
    if (scopes.isEmpty()) {
      mistakes.add("the token has no scope; allowed: one or more of " + Scope.words());
    }
    if (lifetime.compareTo(SHORTEST_LIFETIME) < 0 || lifetime.compareTo(LONGEST_LIFETIME) > 0) {
      mistakes.add("the token is valid for " + lifetime + "; allowed: from 1 minute to 366 days");
    }
    mistakes.throwIfAny("correct what is named and create the token again");
  }
}
