package io.pgproof.postgres.check;

import io.pgproof.backup.format.RelationFile;
import io.pgproof.backup.pages.RestoredFiles;
import io.pgproof.backup.pages.SuspectPages;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the pages again that were suspect as the backup was unpacked, once recovery has written
 * anew what the WAL holds.
 *
 * <p>What PostgreSQL changes without writing a whole page to the WAL may be torn in a sound backup
 * for good: a bit that is cleared in a visibility map, a standby's free space map, an index until
 * it is built, what a transaction wrote that did not end. It takes such a map for empty and never
 * looks at the others, so these pages refute nothing.
 */
public final class PagesAfterRecovery {
  /** The server may write a page just as it is read. */
  private static final int READINGS = 3;

  /**
   * What came of it.
   *
   * @param torn files with pages that a sound backup may bring torn and that nothing reads, by name
   *     below the data directory
   */
  public record Judged(CheckResults answers, Set<String> torn) {}

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private final RunningServer server;
  private final RestoredServer restored;
  private final SuspectPages suspects;
  private final RestoredFiles files;
  private final Duration limit;
  private final Map<RelationFile, Optional<String>> relations = new HashMap<>();
  private final long began = System.nanoTime();

  private PagesAfterRecovery(
      RunningServer server, SuspectPages suspects, RestoredFiles files, Duration limit) {
    this.server = server;
    this.restored = new RestoredServer(server.address());
    this.suspects = suspects;
    this.files = files;
    this.limit = limit;
  }

  /**
   * Judges them; without suspects there is nothing to answer.
   *
   * @param server that has recovered and does nothing else
   * @param limit for one statement
   * @return with the check {@code pages}, and a finding where one of them is not sound
   * @throws FindingException {@code environment} when it is not the restored server that answers or
   *     that wrote the files
   * @throws InterruptedException when the thread was interrupted
   */
  public static Judged judge(
      RunningServer server, SuspectPages suspects, RestoredFiles files, Duration limit)
      throws IOException, InterruptedException {
    return suspects.isEmpty()
        ? new Judged(new CheckResults(List.of(), List.of(), null, List.of(), List.of()), Set.of())
        : new PagesAfterRecovery(server, suspects, files, limit).judge();
  }

  private Judged judge() throws IOException, InterruptedException {
    SuspectPages failing = suspects;
    try {
      for (int reading = 0; reading < READINGS && !failing.isEmpty(); reading++) {
        checkpoint();
        failing = failing.failing(files);
      }
    } catch (SQLException e) {
      return failed(unwritten(e), Set.of());
    }
    if (failing.isEmpty()) {
      return new Judged(
          new CheckResults(
              List.of(Check.passed("pages", detail(), took())),
              List.of(),
              null,
              List.of(),
              List.of()),
          Set.of());
    }
    SuspectPages damaged = failing.in(file -> !file.map() && relation(file).isPresent());
    Finding finding =
        damaged.isEmpty()
            ? failing.finding(Reason.TORN_PAGE, relation(failing.first()).orElse("in no use"))
            : damaged.finding(Reason.PAGE_CHECKSUM, relation(damaged.first()).orElse(""));
    return failed(finding, failing.in(file -> file.map() || relation(file).isEmpty()).names());
  }

  private String detail() throws IOException, InterruptedException {
    long gone = suspects.count() - suspects.present(files).count();
    return suspects.among()
        + String.format(Locale.ROOT, ", %,d read again after recovery", suspects.count())
        + (gone == 0
            ? ""
            : String.format(
                Locale.ROOT, ", of which %,d %s no longer there", gone, gone == 1 ? "is" : "are"));
  }

  private void checkpoint() throws SQLException {
    inSomeDatabase(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute("checkpoint");
          }
        });
  }

  private <T> T inSomeDatabase(Question<T> question) throws SQLException {
    try (Connection connection = restored.connectToSome(limit)) {
      return question.ask(connection);
    }
  }

  private Finding unwritten(SQLException failure) {
    String what =
        "pages could not be read again after recovery, for the restored server wrote no checkpoint";
    return Finding.of(
        server.outOfMemory().getAsBoolean() ? Reason.OUT_OF_MEMORY : Reason.ENVIRONMENT,
        what,
        ServerText.of(failure));
  }

  /** What a file belongs to, as far as it can be told: empty where nothing reads it. */
  private Optional<String> relation(RelationFile file) {
    return relations.computeIfAbsent(
        file,
        asked -> {
          try {
            if (asked.database() == 0) {
              return inSomeDatabase(connection -> relation(asked, connection));
            }
            Optional<String> database =
                inSomeDatabase(
                    connection ->
                        text(
                            connection,
                            "select datname from pg_catalog.pg_database where oid = ?::pg_catalog.oid",
                            asked.database()));
            return database.isEmpty() ? Optional.empty() : relation(asked, database.get());
          } catch (SQLException e) {
            // A catalog that cannot be read is no excuse for a page.
            return Optional.of("");
          }
        });
  }

  private Optional<String> relation(RelationFile file, String database) throws SQLException {
    try (Connection connection = restored.connect(database, limit)) {
      return relation(file, connection)
          .map(name -> name + " in the database " + ServerText.clean(database));
    }
  }

  private static Optional<String> relation(RelationFile file, Connection connection)
      throws SQLException {
    return text(
            connection,
            """
        select f.relation::pg_catalog.text
        from (select pg_catalog.pg_filenode_relation(?::pg_catalog.oid, ?::pg_catalog.oid) as relation) f
        left join pg_catalog.pg_index i on i.indexrelid = f.relation
        where f.relation is not null and i.indisready is not false""",
            file.tablespace(),
            file.number())
        .map(ServerText::clean);
  }

  private static Optional<String> text(Connection connection, String sql, long... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setLong(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  private Judged failed(Finding finding, Set<String> torn) {
    return new Judged(
        new CheckResults(
            List.of(Check.failed("pages", finding.message(), took())),
            List.of(finding),
            null,
            List.of(),
            List.of()),
        torn);
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - began);
  }
}
