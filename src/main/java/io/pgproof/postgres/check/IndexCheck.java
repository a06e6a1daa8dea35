package io.pgproof.postgres.check;

import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.ServerLostException;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.postgres.server.StoredDataError;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Checks indexes and tables for contradictions, in themselves and with each other, with the
 * functions of amcheck that {@code pg_amcheck} calls.
 *
 * <p>The functions are loaded from the image's own library into the temporary schema of each
 * session. Therefore an extension in the copy is neither needed nor trusted, regardless of its
 * version and its creator, and nothing is created that outlives the session. {@code
 * bt_index_parent_check} is not called, because it reads every index once more for little benefit.
 */
final class IndexCheck extends ObjectCheck {
  static final String NAME = "indexes";
  private static final int MOST_LINES = 20;
  private static final String BTREE = "403";
  private static final String GIN = "2742";
  private static final String HEAP = "2";

  /** Errors that a different text order causes in a sound index. */
  private static final Pattern ORDER =
      Pattern.compile(
          "(?:item order|high key|cross page item order|down-link lower bound)"
              + " invariant violated .*|.*has wrong tuple order on entry tree page.*|.*has inconsistent records on page.*");

  /**
   * Errors that a different conversion of letters, such as a newer {@code lower()}, causes in a
   * sound index on an expression.
   */
  private static final Pattern LACKS =
      Pattern.compile("heap tuple .* lacks matching index tuple .*");

  /** Checks a table. */
  private static final String VERIFY_HEAPAM =
      "create function pg_temp.verify_heapam(relation regclass, on_error_stop boolean,"
          + " check_toast boolean, skip text, startblock bigint, endblock bigint, out blkno bigint, out offnum integer,"
          + " out attnum integer, out msg text) returns setof record as '$libdir/amcheck', 'verify_heapam' language c; ";

  private enum Kind {
    BTREE,
    GIN,
    TABLE
  }

  private record Relation(long oid, Kind kind, String name, boolean computed, String database)
      implements Named {
    @Override
    public String toString() {
      return (kind == Kind.TABLE ? "the table " : "the index ")
          + name
          + " of the database "
          + database;
    }
  }

  private final boolean heapToo;
  private final AtomicInteger indexes = new AtomicInteger();
  private final AtomicInteger tables = new AtomicInteger();
  private final List<String> different = new ArrayList<>();

  private IndexCheck(RecoveredCopy copy, boolean heapToo, Progress progress) {
    super(NAME, Reason.INDEX_CORRUPT, copy, progress);
    this.heapToo = heapToo && copy.version().amcheckFindsUnindexedRows();
  }

  /**
   * Makes the check, unless the image lacks amcheck.
   *
   * @param heapToo whether to also look for each table's rows in its indexes, if amcheck can
   */
  static CheckResult run(RecoveredCopy copy, boolean heapToo, Progress progress)
      throws InterruptedException {
    if (!new RestoredServer(copy.server().address()).hasLibrary("$libdir/amcheck")) {
      return CheckResult.unavailable(
          NAME, MissingComponent.of("amcheck", copy.version()), "indexes and tables");
    }
    IndexCheck check = new IndexCheck(copy, heapToo, progress);
    check.reportProgress("pages that tables have lost", true);
    try {
      LostPageCheck.find(copy, check.objections).forEach(check::addSkipped);
    } catch (IOException e) {
      check.objections.add(
          Finding.of(
              Reason.CHECK_FAILED,
              "whether tables have lost pages could not be checked: the files cannot be read: "
                  + e.getMessage()));
    }
    return check.run();
  }

  @Override
  void prepare(Statement statement) throws SQLException {
    String function =
        "create function pg_temp.%1$s(index regclass%2$s) returns void as '$libdir/amcheck', '%1$s' language c strict; ";
    StringBuilder functions = new StringBuilder(function.formatted("bt_index_check", ""));
    if (copy.version().amcheckFindsUnindexedRows()) {
      functions.append(function.formatted("bt_index_check", ", heapallindexed boolean"));
    }
    if (copy.version().amcheckChecksTables()) {
      functions.append(VERIFY_HEAPAM);
    }
    if (copy.version().amcheckChecksGin()) {
      functions.append(function.formatted("gin_index_check", ""));
    }
    if (!copy.version().hasSetting("event_triggers")) {
      // Where there is a setting for this, every session of ours uses it.
      disableEventTriggers(statement);
    }
    statement.execute(functions.toString());
  }

  private static void disableEventTriggers(Statement statement) throws SQLException {
    List<String> enabled = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "select pg_catalog.quote_ident(evtname) from pg_catalog.pg_event_trigger where evtenabled <> 'D'")) {
      while (rows.next()) {
        enabled.add(rows.getString(1));
      }
    }
    for (String trigger : enabled) {
      statement.execute("alter event trigger " + trigger + " disable");
    }
  }

  @Override
  List<Relation> list(Statement statement, boolean shared) throws SQLException {
    Collations.differing(statement, copy.version())
        .forEach(difference -> different.add(difference + " (database " + currentDatabase() + ")"));
    Map<String, Integer> unknown = new TreeMap<>();
    List<Relation> relations = new ArrayList<>();
    int invalid = 0;
    try (ResultSet rows =
        statement.executeQuery(
            "select c.oid, n.nspname, c.relname, c.relkind = 'i', c.relam, a.amname,"
                + " i.indexprs is not null or i.indpred is not null, coalesce(i.indisvalid and i.indisready and i.indislive, true)"
                + " from pg_catalog.pg_class c left join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                + " left join pg_catalog.pg_index i on i.indexrelid = c.oid left join pg_catalog.pg_am a on a.oid = c.relam"
                + " where c.relkind in ('i', 'r', 't', 'm') and c.relpersistence <> 't' and (not c.relisshared or "
                + shared
                + ")"
                + " order by c.relpages desc, c.oid")) {
      while (rows.next()) {
        Optional<Kind> kind = kind(rows.getBoolean(4), rows.getString(5));
        if (!rows.getBoolean(8)) {
          invalid++;
        } else if (kind.isPresent()) {
          relations.add(
              new Relation(
                  rows.getLong(1),
                  kind.get(),
                  shown(rows.getString(2), rows.getString(3)),
                  rows.getBoolean(7),
                  currentDatabase()));
        } else if (rows.getBoolean(4) || copy.version().amcheckChecksTables()) {
          unknown.merge(
              (rows.getBoolean(4) ? "indexes" : "tables") + " by " + shown(rows.getString(6)),
              1,
              Integer::sum);
        }
      }
    }
    if (invalid > 0) {
      addSkipped(
          ServerText.count(invalid, "invalid index", "invalid indexes")
              + " of the database "
              + currentDatabase()
              + ", which no query uses");
    }
    unknown.forEach(
        (method, count) ->
            addSkipped(
                method
                    + " of the database "
                    + currentDatabase()
                    + ", which amcheck does not support: "
                    + count));
    return relations;
  }

  private Optional<Kind> kind(boolean index, String method) {
    if (index) {
      return method.equals(BTREE)
          ? Optional.of(Kind.BTREE)
          : method.equals(GIN) && copy.version().amcheckChecksGin()
              ? Optional.of(Kind.GIN)
              : Optional.empty();
    }
    return method.equals(HEAP) && copy.version().amcheckChecksTables()
        ? Optional.of(Kind.TABLE)
        : Optional.empty();
  }

  @Override
  void checkObject(Statement statement, Named object) throws SQLException {
    Relation relation = (Relation) object;
    switch (relation.kind()) {
      case BTREE -> btree(statement, relation);
      case GIN -> index(statement, relation, "pg_temp.gin_index_check(" + regclass(relation) + ")");
      case TABLE -> table(statement, relation);
    }
  }

  private void btree(Statement statement, Relation index) throws SQLException {
    String alone = "pg_temp.bt_index_check(" + regclass(index) + ")";
    if (!heapToo) {
      index(statement, index, alone);
      return;
    }
    String withHeap = "pg_temp.bt_index_check(" + regclass(index) + ", true)";
    if (!index.computed()) {
      index(statement, index, withHeap);
      return;
    }
    try {
      statement.execute("select " + withHeap);
      indexes.incrementAndGet();
    } catch (SQLException e) {
      if (StoredDataError.isCode(e.getSQLState())) {
        indexes.incrementAndGet();
        corrupt(statement, index, e);
        return;
      }
      boolean library = isLibrary(e);
      if (library || ServerLostException.isConnectionLost(e)) {
        statement(index.toString(), e);
      }
      // A function of the copy can need something that only its users have. The index itself can be
      // checked without it.
      index(statement, index, alone);
      if (!library) {
        addSkipped(
            "the rows of " + index + ", because its expression gave " + ServerText.withoutRows(e));
      }
    }
  }

  private void index(Statement statement, Relation index, String call) throws SQLException {
    try {
      statement.execute("select " + call);
      indexes.incrementAndGet();
    } catch (SQLException e) {
      if (StoredDataError.isCode(e.getSQLState())) {
        indexes.incrementAndGet();
        corrupt(statement, index, e);
      } else {
        statement(index.toString(), e);
      }
    }
  }

  /**
   * Records an error of amcheck about an index, unless the image's different text order explains
   * it.
   */
  private void corrupt(Statement statement, Relation index, SQLException failure)
      throws SQLException {
    String message = ServerText.message(failure);
    boolean lacks = index.computed() && LACKS.matcher(message).matches();
    if (lacks || ORDER.matcher(message).matches()) {
      Optional<String> doubt = Optional.empty();
      try {
        doubt = Collations.doubt(statement, index.oid(), lacks, copy.version());
      } catch (SQLException e) {
        statement(index.toString(), e);
      }
      if (doubt.isPresent()) {
        objections.add(
            describeFinding(
                index.toString(),
                Finding.of(
                    Reason.COLLATION_MISMATCH,
                    "the order of " + index + " cannot be checked on this image: " + doubt.get(),
                    ServerText.of(failure))));
        return;
      }
    }
    statement(index.toString(), failure);
  }

  private void table(Statement statement, Relation table) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            "select blkno, offnum, attnum, msg, count(*) over () from pg_temp.verify_heapam("
                + regclass(table)
                + ", false, true, 'none', null, null) limit "
                + MOST_LINES)) {
      tables.incrementAndGet();
      List<String> lines = new ArrayList<>();
      long all = 0;
      while (rows.next()) {
        all = rows.getLong(5);
        lines.add(
            "block "
                + rows.getLong(1)
                + place(", line pointer ", rows.getString(2))
                + place(", attribute ", rows.getString(3))
                + ": "
                + ServerText.clean(rows.getString(4)));
      }
      if (!lines.isEmpty()) {
        String more =
            all > 1 ? String.format(Locale.ROOT, ", and %,d more in this table", all - 1) : "";
        objections.add(
            describeFinding(
                table.toString(),
                Finding.of(
                    Reason.INDEX_CORRUPT,
                    table + ": " + lines.get(0) + more,
                    String.join("\n", lines))));
      }
    } catch (SQLException e) {
      statement(table.toString(), e);
    }
  }

  private static String place(String what, String number) {
    return number == null ? "" : what + number;
  }

  private static boolean isLibrary(SQLException failure) {
    return "58P01".equals(failure.getSQLState()) && !StoredDataError.matches(failure);
  }

  private static String regclass(Relation relation) {
    return "'" + relation.oid() + "'::oid::regclass";
  }

  @Override
  String covered(String inDatabases) {
    String all =
        ServerText.count(indexes.get(), "index", "indexes")
            + (copy.version().amcheckChecksTables()
                ? " and " + ServerText.count(tables.get(), "table", "tables")
                : "")
            + " "
            + inDatabases;
    return heapToo ? all + ", every row looked up in its indexes" : all;
  }

  @Override
  Optional<String> mismatch() {
    if (different.isEmpty()) {
      return Optional.empty();
    }
    int more = different.size() - 1;
    return Optional.of(different.get(0) + (more == 0 ? "" : ", and " + more + " more like it"));
  }
}
