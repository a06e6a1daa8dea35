package io.pgproof.postgres.check;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What the user wants to know of the restored data.
 *
 * @param database where the user's SQL runs; {@code postgres} unless the user names another
 * @param freshnessQuery gives the time of the newest data; without one the WAL tells
 * @param assertions each gives one row with one column that is true
 * @param maxAge how old the newest data may be
 * @param statementLimit for each statement; longer than zero
 * @param zone of times without one, and of the session
 */
public record UserChecks(
    String database,
    Optional<String> freshnessQuery,
    List<String> assertions,
    Duration maxAge,
    Duration statementLimit,
    ZoneId zone) {
  /** The database asked where the user names none. */
  public static final String DEFAULT_DATABASE = "postgres";

  public UserChecks {
    assertions = List.copyOf(assertions);
    if (statementLimit.isNegative() || statementLimit.isZero()) {
      throw new IllegalArgumentException(
          "the statement limit must be longer than nothing, not " + statementLimit);
    }
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("the maximum age cannot be negative: " + maxAge);
    }
  }
}
