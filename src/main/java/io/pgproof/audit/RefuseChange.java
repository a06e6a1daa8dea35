package io.pgproof.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.h2.api.Trigger;

/**
 * Keeps a table insert-only in the embedded database; PostgreSQL has a trigger of its own for it.
 */
public final class RefuseChange implements Trigger {
  private String table;

  /** For H2, which makes an instance for each trigger. */
  public RefuseChange() {}

  @Override
  public void init(
      Connection connection,
      String schema,
      String trigger,
      String table,
      boolean before,
      int type) {
    this.table = table.toLowerCase(Locale.ROOT);
  }

  @Override
  public void fire(Connection connection, Object[] before, Object[] after) throws SQLException {
    throw new SQLException(
        table + " is insert-only: entries are never changed or removed", "42501");
  }
}
