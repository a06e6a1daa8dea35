package io.pgproof.token;

import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Looks up users in the engine's table of users, which stands in the same database. Works without
 * the engine, and before its first start, when there is no such table.
 */
public final class TokenUsers {
  private static final String TABLE = "act_id_user";

  private final JdbcTemplate jdbc;

  public TokenUsers(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
  }

  /** Returns whether an administrator has created a user with exactly this id. */
  public boolean exists(String id) {
    return hasTable() && count("select count(*) from " + TABLE + " where id_ = ?", id) > 0;
  }

  private boolean hasTable() {
    return count(
            "select count(*) from information_schema.tables where lower(table_name) = ?"
                + " and table_schema = current_schema",
            TABLE)
        > 0;
  }

  private long count(String query, String value) {
    Long count = jdbc.queryForObject(query, Long.class, value);
    return count == null ? 0 : count;
  }
}
