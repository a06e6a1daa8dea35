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
 * Reads the pages again that were suspect while the backup was unpacked, after recovery has
 * rewritten what the WAL contains.
 *
 * <p>PostgreSQL makes some changes without a full page in the WAL. These pages can stay torn in a
 * sound backup: a cleared bit in a visibility map, a standby's free space map, an index that is
 * still being built, and the writes of a transaction that did not end. PostgreSQL treats such a map
 * as empty and never reads the others, so these pages refute nothing.
 */
public final class PagesAfterRecovery {
  /** The server can write a page while it is being read. */
  private static final int READINGS = 3;

  /**
   * The result of reading the suspect pages again.
   *
   * @param torn files that nothing reads, with pages that can be torn in a sound backup; names
   *     relative to the data directory
   */
  public record Judged(CheckResults answers, Set<String> torn) {}

  private interface Question<T> {
    T run(Connection connection) throws SQLException;
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
   * Judges the suspect pages; without any, the result is empty.
   *
   * @param server a server that has recovered and is otherwise idle
   * @param limit limit for one statement
   * @return with the check {@code pages}, and a finding if one of the pages is not sound
   * @throws FindingException {@code environment} if a process other than the restored server
   *     answers or wrote the files
   * @throws InterruptedException if the thread was interrupted
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
    SuspectPages damaged = failing.filter(file -> !file.map() && relation(file).isPresent());
    Finding finding =
        damaged.isEmpty()
            ? failing.finding(Reason.TORN_PAGE, relation(failing.first()).orElse("not in use"))
            : damaged.finding(Reason.PAGE_CHECKSUM, relation(damaged.first()).orElse(""));
    return failed(finding, failing.filter(file -> file.map() || relation(file).isEmpty()).names());
  }

  private String detail() throws IOException, InterruptedException {
    long gone = suspects.count() - suspects.present(files).count();
    return suspects.pageCount()
        + String.format(Locale.ROOT, ", %,d read again after recovery", suspects.count())
        + (gone == 0
            ? ""
            : String.format(
                Locale.ROOT, ", of which %,d no longer exist%s", gone, gone == 1 ? "s" : ""));
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
      return question.run(connection);
    }
  }

  private Finding unwritten(SQLException failure) {
    String what =
        "pages could not be read again after recovery, because the restored server wrote no checkpoint";
    return Finding.of(
        server.outOfMemory().getAsBoolean() ? Reason.OUT_OF_MEMORY : Reason.ENVIRONMENT,
        what,
        ServerText.of(failure));
  }

  /**
   * Returns the relation of a file, as far as it can be determined; empty if nothing reads the
   * file.
   */
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
            // An unreadable catalog does not excuse a page.
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
