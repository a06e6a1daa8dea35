package io.pgproof.postgres.check;

import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RestoredServer.Database;
import io.pgproof.postgres.server.ServerText;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Collects facts about a sound copy that would surprise a person after a restore: data that no base
 * backup of this source contains.
 */
public final class RestoreNotes {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final int MOST_NAMED = 10;
  private static final String UNLOGGED =
      """
      select n.nspname, c.relname, count(*) over ()
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relpersistence = 'u' and c.relkind = 'r' order by 1, 2 limit\s"""
          + MOST_NAMED;

  private RestoreNotes() {}

  /** Returns the notes, one line each. Errors are left to the checks to report. */
  public static List<String> of(RecoveredCopy copy) {
    List<String> remarks = new ArrayList<>();
    if (!copy.source().configuration()) {
      remarks.add(
          "postgresql.conf is not in the backup: the source keeps its configuration outside of its data directory, as Debian"
              + " does, so back that up too");
    }
    RestoredServer restored = new RestoredServer(copy.server().address());
    try {
      for (Database database : restored.everyDatabase()) {
        if (database.closed().isEmpty()) {
          addUnlogged(restored, database.name(), remarks);
        }
      }
    } catch (SQLException e) {
      return remarks;
    }
    return remarks;
  }

  private static void addUnlogged(RestoredServer restored, String database, List<String> remarks) {
    try (Connection connection = restored.connect(database, LIMIT);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(UNLOGGED)) {
      List<String> names = new ArrayList<>();
      long all = 0;
      while (rows.next()) {
        all = rows.getLong(3);
        names.add(ObjectCheck.shown(rows.getString(1), rows.getString(2)));
      }
      if (all > 0) {
        String more =
            all > names.size()
                ? String.format(Locale.ROOT, ", and %,d more", all - names.size())
                : "";
        remarks.add(
            "the rows of unlogged tables are in no backup, so a restore leaves them empty: "
                + ServerText.count(all, "table", "tables")
                + " of the database "
                + ObjectCheck.shown(database)
                + ", "
                + String.join(", ", names)
                + more);
      }
    } catch (SQLException e) {
      // The checks of this database meet the same error and report it.
      return;
    }
  }
}
