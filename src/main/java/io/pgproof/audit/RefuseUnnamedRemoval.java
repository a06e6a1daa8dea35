package io.pgproof.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.h2.api.Trigger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the evidence of the embedded database insert-only, but for entries that a removal names;
 * PostgreSQL has its own triggers for this.
 */
public final class RefuseUnnamedRemoval implements Trigger {
  private static final String NAMED =
      "select 1 from pgproof_log l where l.entry = ? and l.position <= (select r.last_position from pgproof_removed r"
          + " where r.first_position <= l.position order by r.first_position desc fetch first 1 row only)";

  /** Called by H2, which creates one instance for each trigger. */
  public RefuseUnnamedRemoval() {}

  @Override
  public void init(
      Connection connection,
      String schema,
      String trigger,
      String table,
      boolean before,
      int type) {}

  @Override
  public void fire(Connection connection, Object[] before, Object @Nullable [] after)
      throws SQLException {
    if (after == null && isNamed(connection, before[0])) {
      return;
    }
    throw new SQLException(
        "pgproof_evidence is insert-only: entries are never changed or removed", "42501");
  }

  private static boolean isNamed(Connection connection, Object entry) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NAMED)) {
      statement.setObject(1, entry);
      try (ResultSet named = statement.executeQuery()) {
        return named.next();
      }
    }
  }
}
