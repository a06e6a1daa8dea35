package io.pgproof.audit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.h2.api.Trigger;

/** Keeps a table of the embedded database insert-only; PostgreSQL has its own trigger for this. */
public final class RefuseChange implements Trigger {
  private String table = "";

  /** Called by H2, which creates one instance for each trigger. */
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
