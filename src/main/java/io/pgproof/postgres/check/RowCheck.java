package io.pgproof.postgres.check;

import io.pgproof.postgres.recovery.RecoveryFailure;
import io.pgproof.postgres.recovery.RecoveryRequest;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.postgres.server.SessionOptions;
import io.pgproof.postgres.server.StoredDataError;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import io.pgproof.sandbox.Sandbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Reads every row of every table, including catalogs and large objects, as {@code pg_dump} would:
 * it fetches each value completely and writes it to nowhere. Then {@code pg_dump} itself reads each
 * database's catalog.
 *
 * <p>A complete {@code pg_dump} would end at the first bad row, leave out the catalogs' own rows,
 * and send everything through one more process. With this check, no row leaves the server.
 */
final class RowCheck extends ObjectCheck {
  static final String NAME = "rows";
  private static final String PG_DUMP = "pg_dump";
  private static final int MOST_LINES = 5;

  /**
   * Messages of pg_dump about catalogs that contradict each other (source: {@code
   * src/bin/pg_dump}).
   */
  private static final Pattern CONTRADICTION =
      Pattern.compile(
          "failed sanity check.*|schema with OID \\d+ does not exist.*|could not find parent .*|.* not found in pg_\\w+.*"
              + "|query returned \\d+ rows? instead of one.*|type with OID \\d+ does not exist.*|role with OID \\d+ does not exist.*");

  /**
   * A table to read. Its rows can contain columns that are computed on reading, by expressions that
   * can fail.
   */
  private record Table(String from, String columns, String shown, String database)
      implements Named {
    @Override
    public String toString() {
      return "the table " + shown + " of the database " + database;
    }
  }

  private final Duration limit;
  private final AtomicInteger tables = new AtomicInteger();
  private int catalogs;
  private boolean withoutDump;

  /**
   * @param limit limit for a run of pg_dump, which ends with the machine at the latest
   */
  RowCheck(RecoveredCopy copy, Duration limit, Progress progress) {
    super(NAME, Reason.ROW_UNREADABLE, copy, progress);
    this.limit = limit;
    withoutDump = !copy.machine().has(PG_DUMP);
    if (withoutDump) {
      Finding lack = MissingComponent.of(PG_DUMP, copy.version());
      objections.add(lack);
      addSkipped("whether the catalogs can be dumped, because " + lack.message());
    }
  }

  @Override
  void prepare(Statement statement) throws SQLException {
    // Otherwise, an index could answer instead of the table.
    statement.execute(
        "set enable_indexonlyscan = off; set enable_indexscan = off; set enable_bitmapscan = off");
  }

  @Override
  List<Table> list(Statement statement, boolean shared) throws SQLException {
    String stored =
        !copy.version().hasVirtualColumns()
            ? "'*'"
            : "case when exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid"
                + " and a.attgenerated = 'v') then coalesce((select string_agg(quote_ident(a.attname), ', ' order by a.attnum)"
                + " from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
                + " and a.attgenerated <> 'v'), '') else '*' end";
    List<Table> tables = new ArrayList<>();
    try (ResultSet rows =
        statement.executeQuery(
            "select n.nspname, c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname), "
                + stored
                + " from pg_catalog.pg_class c left join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                + " where (c.relkind in ('r', 'S') or c.relkind = 'm' and c.relispopulated) and c.relpersistence <> 't'"
                + " and (not c.relisshared or "
                + shared
                + ") order by c.relpages desc, c.oid")) {
      while (rows.next()) {
        String name = shown(rows.getString(1), rows.getString(2));
        if (rows.getString(3) == null) {
          objections.add(
              describeFinding(
                  name,
                  Finding.of(
                      Reason.ROW_UNREADABLE,
                      "the table "
                          + name
                          + " of the database "
                          + currentDatabase()
                          + " belongs to no schema",
                      "no row in pg_namespace")));
        } else {
          tables.add(new Table(rows.getString(3), rows.getString(4), name, currentDatabase()));
        }
      }
    }
    return tables;
  }

  @Override
  void checkObject(Statement statement, Named object) throws SQLException {
    Table table = (Table) object;
    try {
      // In this encoding nothing is converted, so no conversion function can be missing.
      statement.execute(
          "copy (select "
              + table.columns()
              + " from only "
              + table.from()
              + ") to '/dev/null' with (format text, encoding 'SQL_ASCII')");
      tables.incrementAndGet();
    } catch (SQLException e) {
      statement(table.toString(), e);
    }
  }

  @Override
  void endOf(String database) {
    if (withoutDump) {
      return;
    }
    reportProgress("pg_dump --schema-only of the database " + currentDatabase(), true);
    ServerAddress address = copy.server().address();
    Sandbox.Ended ended =
        copy.machine()
            .run(
                PG_DUMP,
                Map.of(
                    "PGHOST",
                    RecoveryRequest.SOCKET,
                    "PGPORT",
                    String.valueOf(ServerAddress.PORT),
                    "PGUSER",
                    address.superuser(),
                    "PGDATABASE",
                    database,
                    "PGCONNECT_TIMEOUT",
                    "20",
                    "PGOPTIONS",
                    SessionOptions.forStatements(address.version(), Duration.ZERO)),
                limit,
                List.of(
                    "--schema-only",
                    "--file=/dev/null",
                    "--no-password",
                    "--lock-wait-timeout=2000"));
    if (ended.status() == 0 && !ended.timedOut()) {
      catalogs++;
    } else if (ended.err().contains("ERROR:  canceling statement due to ")) {
      // Of pg_dump's statements, only those that lock have a limit.
      addSkipped(
          "whether the catalog of the database "
              + currentDatabase()
              + " can be dumped, because a prepared transaction of the source has locked a part of it");
    } else {
      objections.add(judge("the catalog of the database " + currentDatabase(), ended));
    }
  }

  private Finding judge(String catalog, Sandbox.Ended ended) {
    // Keep only the errors of the output, because the queries and details next to them can contain
    // data of the catalog.
    List<String> errors =
        ended
            .err()
            .lines()
            .map(ServerText::clean)
            .filter(
                line ->
                    line.contains("error: ")
                        || line.contains("ERROR: ")
                        || line.contains("FATAL: "))
            .map(line -> line.replaceFirst("^pg_dump: error: ", ""))
            .limit(MOST_LINES)
            .toList();
    String words =
        catalog
            + ": "
            + (errors.isEmpty()
                ? "pg_dump ended with status " + ended.status()
                : String.join("\n", errors));
    if (copy.server().outOfMemory().getAsBoolean()) {
      return Finding.of(
          Reason.OUT_OF_MEMORY, "pg_dump brought the container to its memory limit", words);
    }
    List<String> messages =
        errors.stream().map(error -> error.replaceFirst(".*(?:ERROR|FATAL): +", "")).toList();
    Optional<Finding> environment =
        messages.stream()
            .flatMap(
                message ->
                    RecoveryFailure.ofEnvironment("", message, words, copy.version()).stream())
            .findFirst();
    if (environment.isPresent()) {
      return describeFinding(catalog, environment.get());
    }
    return messages.stream()
        .filter(
            message -> StoredDataError.matches(message) || CONTRADICTION.matcher(message).matches())
        .findFirst()
        .map(
            message ->
                Finding.of(Reason.ROW_UNREADABLE, catalog + " cannot be dumped: " + message, words))
        .orElseGet(
            () ->
                Finding.of(
                    Reason.CHECK_FAILED,
                    "pg_dump could not dump "
                        + catalog
                        + (ended.timedOut() ? " within " + ServerText.of(limit) : ""),
                    words));
  }

  @Override
  String covered(String inDatabases) {
    return "every row of "
        + ServerText.count(tables.get(), "table", "tables")
        + " "
        + inDatabases
        + (withoutDump ? "" : ", " + ServerText.count(catalogs, "catalog", "catalogs") + " dumped");
  }
}
