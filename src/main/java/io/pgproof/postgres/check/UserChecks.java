package io.pgproof.postgres.check;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * The user's requirements for the restored data.
 *
 * @param database database for the user's SQL; {@code postgres} unless the user names another
 * @param freshnessQuery returns the time of the newest data; without it, the WAL tells the time
 * @param assertions each returns one row with one column that is true
 * @param maxAge maximum age of the newest data
 * @param statementLimit limit for each statement; longer than zero
 * @param zone time zone of the session, and of times that have none
 */
public record UserChecks(
    String database,
    Optional<String> freshnessQuery,
    List<String> assertions,
    Duration maxAge,
    Duration statementLimit,
    ZoneId zone) {
  /** The database for the queries if the user names none. */
  public static final String DEFAULT_DATABASE = "postgres";

  public UserChecks {
    assertions = List.copyOf(assertions);
    if (statementLimit.isNegative() || statementLimit.isZero()) {
      throw new IllegalArgumentException(
          "the statement limit must be longer than zero, not " + statementLimit);
    }
    if (maxAge.isNegative()) {
      throw new IllegalArgumentException("the maximum age cannot be negative: " + maxAge);
    }
  }
}
