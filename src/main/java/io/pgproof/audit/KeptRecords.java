package io.pgproof.audit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Tells a database in which something is kept from one that only has tables, or some of them. */
public final class KeptRecords {
  /** Nothing is kept without a row in one of these. */
  private static final List<String> TABLES =
      List.of("PGPROOF_EVIDENCE", "ACT_HI_PROCINST", "ACT_ID_USER");

  private KeptRecords() {}

  /** Whether anything is kept in an embedded database; what cannot be read may hold something. */
  public static boolean any(String url, String user, String password) {
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
