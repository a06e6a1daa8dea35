package io.pgproof.postgres.check;

import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.pages.TablePages;
import io.pgproof.postgres.recovery.ServerFailure;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RestoredServer.Database;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks for pages that tables have lost, with the help of their B-tree indexes. This is the
 * opposite direction of amcheck, which looks for a table's rows in its indexes.
 *
 * <p>It reads the server's files, so nobody may write in the meantime. It runs before the sessions
 * that create functions for amcheck.
 */
final class LostPageCheck {
  /** The server can write while its files are being read. */
  private static final int READINGS = 3;

  private static final Duration LIMIT = Duration.ofMinutes(10);

  /**
   * Indexes that take part in vacuum, of tables that are stored in a heap and logged in the WAL.
   */
  private static final String INDEXES =
      """
      select pg_catalog.pg_relation_filepath(t.oid), pg_catalog.pg_relation_filepath(c.oid), n.nspname, c.relname
      from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
      join pg_catalog.pg_class t on t.oid = i.indrelid left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'i' and c.relam = 403 and t.relkind in ('r', 't', 'm') and t.relam in (0, 2)
        and c.relpersistence = 'p' and i.indisvalid and i.indisready and i.indislive and (not c.relisshared or ?)
      order by 1, 2""";

  /**
   * Tables without a valid B-tree index. The tables of {@code information_schema} are left out,
   * because they have none and nobody would miss a page of them.
   */
  private static final String WITHOUT =
      """
      select pg_catalog.pg_relation_filepath(t.oid)
      from pg_catalog.pg_class t left join pg_catalog.pg_namespace n on n.oid = t.relnamespace
      where t.relkind in ('r', 'm') and t.relpersistence = 'p' and n.nspname is distinct from 'information_schema'
        and not exists (
          select from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
          where i.indrelid = t.oid and c.relam = 403 and i.indisvalid)""";

  private record Index(String table, String file, String name, String database) {
    @Override
    public String toString() {
      return "the index " + name + " of the database " + database;
    }
  }

  private final RestoredServer restored;
  private final RestoredFiles files;
  private final RecoveredCopy copy;
  private final List<Index> indexes = new ArrayList<>();
  private final List<String> without = new ArrayList<>();

  private LostPageCheck(RecoveredCopy copy) {
    this.restored = new RestoredServer(copy.server().address());
    this.files = copy.files();
    this.copy = copy;
  }

  /**
   * Checks every table.
   *
   * @param objectFindings receives one finding for each index that refers to lost pages, and the
   *     errors that prevented the check
   * @return what could not be checked, a few words
   */
  static List<String> find(RecoveredCopy copy, ObjectFindings objectFindings)
      throws IOException, InterruptedException {
    LostPageCheck pages = new LostPageCheck(copy);
    List<String> open = new ArrayList<>();
    pages.check(objectFindings);
    int without = 0;
    for (String table : pages.without) {
      without += TablePages.of(copy.files(), copy.control(), table).isEmpty() ? 0 : 1;
    }
    if (without > 0) {
      open.add(
          "whether pages are missing from "
              + ServerText.count(without, "table", "tables")
              + " without a B-tree index");
    }
    return open;
  }

  private void check(ObjectFindings objectFindings) throws IOException, InterruptedException {
    try {
      boolean first = true;
      for (Database database : restored.everyDatabase()) {
        if (database.closed().isEmpty()) {
          list(database.name(), first);
          first = false;
        }
      }
      checkpoint();
      TablePages table = null;
      String of = "";
      for (Index index : indexes) {
        if (table == null || !index.table().equals(of)) {
          of = index.table();
          table = TablePages.of(files, copy.control(), of);
        }
        if (table.lost(index.file()).isPresent()) {
          findLostPage(index).ifPresent(objectFindings::add);
        }
      }
    } catch (SQLException e) {
      String what = "whether tables have lost pages";
      objectFindings.add(
          new ServerFailure(copy.server(), Reason.CHECK_FAILED)
              .of(what, e)
              .orElseGet(
                  () ->
                      Finding.of(
                          Reason.CHECK_FAILED,
                          what + " could not be checked completely: " + ServerText.withoutRows(e),
                          ServerText.withoutRows(e))));
    }
  }

  private void list(String database, boolean shared) {
    try (Connection connection = restored.connect(database, LIMIT);
        PreparedStatement listed = connection.prepareStatement(INDEXES);
        Statement statement = connection.createStatement()) {
      listed.setBoolean(1, shared);
      try (ResultSet rows = listed.executeQuery()) {
        while (rows.next()) {
          if (rows.getString(1) != null && rows.getString(2) != null) {
            indexes.add(
                new Index(
                    rows.getString(1),
                    rows.getString(2),
                    ObjectCheck.shown(rows.getString(3), rows.getString(4)),
                    ObjectCheck.shown(database)));
          }
        }
      }
      try (ResultSet rows = statement.executeQuery(WITHOUT)) {
        while (rows.next()) {
          if (rows.getString(1) != null) {
            without.add(rows.getString(1));
          }
        }
      }
    } catch (SQLException e) {
      // The check of this database's objects meets the same error and reports it.
      return;
    }
  }

  private void checkpoint() throws SQLException {
    try (Connection connection = restored.connectToSome();
        Statement statement = connection.createStatement()) {
      statement.execute("checkpoint");
    }
  }

  private Optional<Finding> findLostPage(Index index)
      throws IOException, InterruptedException, SQLException {
    Optional<String> lost = Optional.empty();
    for (int reading = 0; reading < READINGS; reading++) {
      checkpoint();
      lost = TablePages.of(files, copy.control(), index.table()).lost(index.file());
      if (lost.isEmpty()) {
        return Optional.empty();
      }
    }
    return lost.map(pages -> Finding.of(Reason.INDEX_CORRUPT, index + " points to " + pages));
  }
}
