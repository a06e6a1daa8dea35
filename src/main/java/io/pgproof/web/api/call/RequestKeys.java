package io.pgproof.web.api.call;

import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The keys that callers sent with the start of a run. A key belongs to one user. */
final class RequestKeys {
  /** How long a key is kept. */
  static final Duration KEPT = Duration.ofHours(24);

  /** Maximum length of a key. */
  static final int LONGEST = 64;

  private final JdbcTemplate jdbc;
  private final Clock clock;

  RequestKeys(DataSource database, Clock clock) {
    this.jdbc = new JdbcTemplate(database);
    this.clock = clock;
  }

  /** What a key was used for. */
  record Use(String target, RunId run) {}

  /** Returns what the user used this key for; empty if it was not used, or too long ago. */
  Optional<Use> find(String user, String key) {
    return jdbc
        .query(
            "select target, run from pgproof_request_key"
                + " where user_id = ? and request_key = ? and used_at > ?",
            (row, number) -> new Use(row.getString("target"), new RunId(row.getString("run"))),
            user,
            key,
            clock.instant().minus(KEPT).atOffset(ZoneOffset.UTC))
        .stream()
        .findFirst();
  }

  /**
   * Keeps a key in the transaction of the caller, and forgets all keys that are too old.
   *
   * @throws org.springframework.dao.DuplicateKeyException when another request has used the key
   */
  void keep(String user, String key, Use use) {
    Instant now = clock.instant();
    jdbc.update(
        "delete from pgproof_request_key where used_at <= ?",
        now.minus(KEPT).atOffset(ZoneOffset.UTC));
    jdbc.update(
        "insert into pgproof_request_key (user_id, request_key, target, run, used_at)"
            + " values (?, ?, ?, ?, ?)",
        user,
        key,
        use.target(),
        use.run().value(),
        now.atOffset(ZoneOffset.UTC));
  }
}
