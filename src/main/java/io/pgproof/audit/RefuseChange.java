package io.pgproof.audit;

import java.sql.Connection;
import java.sql.SQLException;
import org.h2.api.Trigger;

/** Keeps {@code pgproof_evidence} insert-only in the embedded database; PostgreSQL has a trigger of its own for it. */
public final class RefuseChange implements Trigger {
  /** For H2, which makes an instance for each trigger. */
  public RefuseChange() {}

  @Override
  public void fire(Connection connection, Object[] before, Object[] after) throws SQLException {
    throw new SQLException("pgproof_evidence is insert-only: entries are never changed or removed", "42501");
  }
}
