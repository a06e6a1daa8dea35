package io.pgproof.audit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Distinguishes a database that holds records from one that has only tables, or only some of them.
 */
public final class KeptRecords {
  /** Every record implies a row in one of these tables. */
  private static final List<String> TABLES =
      List.of("PGPROOF_EVIDENCE", "ACT_HI_PROCINST", "ACT_ID_USER");

  private KeptRecords() {}

  /**
   * Returns whether an embedded database holds any records; a database that cannot be read counts
   * as one that does.
   */
  public static boolean exist(String url, String user, String password) {
    try (Connection database = DriverManager.getConnection(url, user, password)) {
      for (String table : TABLES) {
        if (exists(database, table) && hasRows(database, table)) {
          return true;
        }
      }
      return false;
    } catch (SQLException e) {
      return true;
    }
  }

  private static boolean exists(Connection database, String table) throws SQLException {
    try (ResultSet tables = database.getMetaData().getTables(null, "PUBLIC", table, null)) {
      return tables.next();
    }
  }

  private static boolean hasRows(Connection database, String table) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet rows = statement.executeQuery("select 1 from " + table)) {
      return rows.next();
    }
  }
}
