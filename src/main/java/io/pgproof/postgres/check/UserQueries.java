package io.pgproof.postgres.check;

import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.postgres.recovery.RecoveryResult;
import io.pgproof.postgres.recovery.RestoreTime;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.FreshnessFacts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Parser;

/**
 * Queries the restored data for their freshness and for the user's assertions.
 *
 * <p>Each query has its own connection, so that it cannot depend on changes that another one made
 * to the session. It is one statement: text after a semicolon is refused before anything runs.
 */
public final class UserQueries {
  static final String FRESHNESS = "freshness";
  private static final String WITHOUT_INDEXES =
      "set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off";

  private final RestoredServer restored;
  private final UserChecks userChecks;
  private final QueryFailure failure;
  private final PostgresVersion version;
  private final Function<String, Optional<String>> libraries;
  private @Nullable FreshnessFacts facts;

  /**
   * @param libraries describes what the image lacks of the libraries that the source preloaded or a
   *     database uses, by the database's name; called only for a result that is not as expected
   */
  public UserQueries(
      RunningServer server, UserChecks userChecks, Function<String, Optional<String>> libraries) {
    this.restored = new RestoredServer(server.address());
    this.version = server.address().version();
    this.userChecks = userChecks;
    this.libraries = libraries;
    this.failure = new QueryFailure(server, restored, userChecks, libraries);
  }

  /** Reads the one value of a row, of a type as PostgreSQL names it. */
  private interface Reading<T> {
    T of(ResultSet row, String type) throws SQLException, NoAnswer;
  }

  /** Returns the check name of an assertion, counted from 1. */
  static String assertionName(int n) {
    return "assertion:" + n;
  }

  /** Returns the freshness; {@code null} before the query, and if it could not be determined. */
  public @Nullable FreshnessFacts facts() {
    return facts;
  }

  /**
   * Checks how fresh the data are.
   *
   * @param reached gives the age if there is no query
   * @param control gives the age if there was no commit either
   * @param restore the time that the age is measured against
   * @throws FindingException {@code environment} if a process other than the restored server
   *     answers
   * @throws InterruptedException if the thread was interrupted; the session was aborted
   */
  public CheckResult freshness(RecoveryResult reached, ControlFile control, RestoreTime restore)
      throws InterruptedException {
    long began = System.nanoTime();
    Instant newest;
    String source;
    if (userChecks.freshnessQuery().isPresent()) {
      source = "query";
      try {
        newest = query(userChecks.freshnessQuery().get(), "", this::instant);
      } catch (SQLException e) {
        return failed(FRESHNESS, failure.of("the freshness query", e), began);
      } catch (NoAnswer e) {
        return failed(
            FRESHNESS,
            Finding.of(Reason.FRESHNESS_UNKNOWN, "the freshness query returned " + e.getMessage()),
            began);
      }
    } else {
      source = reached.lastCommit().isPresent() ? "wal" : "checkpoint";
      newest = reached.lastCommit().orElse(control.checkpointTime());
    }
    Freshness freshness = Freshness.judge(newest, source, restore, userChecks.maxAge());
    facts = freshness.facts();
    if (source.equals("query")
        && freshness.finding().filter(finding -> finding.reason() == Reason.TOO_OLD).isPresent()) {
      Optional<Finding> explained =
          explained(
              freshness.finding().get().message(),
              userChecks.freshnessQuery().get(),
              this::instant,
              newest,
              true);
      if (explained.isPresent()) {
        return failed(FRESHNESS, explained.get(), began);
      }
    }
    return freshness.finding().isPresent()
        ? failed(FRESHNESS, freshness.finding().get(), began)
        : passed(FRESHNESS, freshness.detail(), began);
  }

  private Instant instant(ResultSet row, String type) throws SQLException, NoAnswer {
    if (row.getObject(1) == null) {
      throw new NoAnswer("NULL: no data have a time");
    }
    ZoneId zone = userChecks.zone();
    switch (type) {
      case "timestamptz" -> {
        OffsetDateTime time = row.getObject(1, OffsetDateTime.class);
        finite(!time.equals(OffsetDateTime.MAX) && !time.equals(OffsetDateTime.MIN));
        return time.toInstant();
      }
      case "timestamp" -> {
        LocalDateTime time = row.getObject(1, LocalDateTime.class);
        finite(!time.equals(LocalDateTime.MAX) && !time.equals(LocalDateTime.MIN));
        return time.atZone(zone).toInstant();
      }
      case "date" -> {
        LocalDate day = row.getObject(1, LocalDate.class);
        finite(!day.equals(LocalDate.MAX) && !day.equals(LocalDate.MIN));
        return day.atStartOfDay(zone).toInstant();
      }
      default ->
          throw new NoAnswer(
              "a value of the type " + ServerText.clean(type) + ", which is not a time");
    }
  }

  private static void finite(boolean finite) throws NoAnswer {
    if (!finite) {
      throw new NoAnswer("infinity, which is not a time");
    }
  }

  /**
   * Checks whether an assertion is true.
   *
   * @param n counted from 1
   * @throws FindingException {@code environment} if a process other than the restored server
   *     answers
   * @throws InterruptedException if the thread was interrupted; the session was aborted
   */
  public CheckResult assertion(int n) throws InterruptedException {
    long began = System.nanoTime();
    String name = assertionName(n);
    String sql = userChecks.assertions().get(n - 1);
    String shown = ServerText.clean(sql);
    try {
      if (query(sql, "", UserQueries::readBoolean)) {
        return passed(name, shown, began);
      }
      String message = "assertion " + n + " is false: " + shown;
      return failed(
          name,
          explained(message, sql, UserQueries::readBoolean, false, false)
              .orElseGet(() -> Finding.of(Reason.ASSERTION_FAILED, message)),
          began);
    } catch (NoAnswer e) {
      return failed(
          name,
          new Finding(
              Reason.QUERY_FAILED,
              "assertion " + n + " returned " + e.getMessage() + ": " + shown,
              "change it so that it returns one row with one boolean column",
              null),
          began);
    } catch (SQLException e) {
      return failed(name, failure.of("assertion " + n, e), began);
    }
  }

  /**
   * Explains a result against the backup by a difference between the image and the source, and not
   * by the data. A missing library can explain anything. A different text order can explain what an
   * index finds, which is tested without indexes, and queries that compare or sort texts.
   *
   * @param message the result, for a person
   * @param newest whether the query returns a time, so that its largest value depends on no text
   *     order
   */
  private <T> Optional<Finding> explained(
      String message, String sql, Reading<T> reading, T answer, boolean newest)
      throws InterruptedException {
    Optional<String> missing = libraries.apply(userChecks.database());
    if (missing.isPresent()) {
      return Optional.of(
          Finding.of(
              Reason.LIBRARY_MISSING,
              message + "; a difference may be the cause: " + missing.get()));
    }
    Collations.Doubts doubts;
    try (Connection connection =
            restored.connect(userChecks.database(), userChecks.statementLimit());
        Statement statement = connection.createStatement()) {
      doubts = Collations.ofDatabase(statement, version);
    } catch (SQLException e) {
      return Optional.of(failure.of("the query about collations", e));
    }
    if (doubts.told().isEmpty()) {
      return Optional.empty();
    }
    String difference = "; a difference may be the cause: " + String.join(", ", doubts.told());
    try {
      if (!query(sql, WITHOUT_INDEXES, reading).equals(answer)) {
        return Optional.of(
            Finding.of(
                Reason.COLLATION_MISMATCH,
                message + "; without indexes the result is different" + difference));
      }
      boolean plain = doubts.deterministic() && OrderIndependentPlan.isSound(plan(sql), newest);
      return plain
          ? Optional.empty()
          : Optional.of(Finding.of(Reason.COLLATION_MISMATCH, message + difference));
    } catch (SQLException | NoAnswer e) {
      return Optional.of(Finding.of(Reason.COLLATION_MISMATCH, message + difference));
    }
  }

  /** Returns how a query is answered without indexes. */
  private List<String> plan(String sql) throws SQLException, NoAnswer, InterruptedException {
    return inSession(
        WITHOUT_INDEXES,
        query -> {
          query.setEscapeProcessing(false);
          List<String> lines = new ArrayList<>();
          try (ResultSet rows = query.executeQuery("explain (verbose, costs off) " + sql)) {
            while (rows.next()) {
              lines.add(rows.getString(1));
            }
          }
          return lines;
        });
  }

  private static boolean readBoolean(ResultSet row, String type) throws SQLException, NoAnswer {
    if (!type.equals("bool")) {
      throw new NoAnswer("a value of the type " + ServerText.clean(type) + ", not true or false");
    }
    boolean holds = row.getBoolean(1);
    if (row.wasNull()) {
      throw new NoAnswer("NULL, not true or false");
    }
    return holds;
  }

  private <T> T query(String sql, String settings, Reading<T> reading)
      throws SQLException, NoAnswer, InterruptedException {
    return inSession(settings, query -> read(query, sql, reading));
  }

  /** Work that runs in one session. */
  private interface Work<T> {
    T run(Statement query) throws SQLException, NoAnswer;
  }

  /**
   * Runs the work in a session on another thread, because the driver does not react to an
   * interrupt. The interrupted caller aborts the session.
   */
  private <T> T inSession(String settings, Work<T> work)
      throws SQLException, NoAnswer, InterruptedException {
    try (Connection connection = open(settings);
        Statement query = connection.createStatement()) {
      FutureTask<T> question = new FutureTask<>(LogContext.carry(() -> work.run(query)));
      Thread asking = new Thread(question, "question");
      asking.setDaemon(true);
      asking.start();
      try {
        return question.get();
      } catch (InterruptedException e) {
        ParallelQueries.cancel(connection);
        throw e;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof SQLException failed) {
          throw failed;
        }
        if (e.getCause() instanceof NoAnswer none) {
          throw none;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  private static <T> T read(Statement query, String sql, Reading<T> reading)
      throws SQLException, NoAnswer {
    if (Parser.parseJdbcSql(sql, true, false, true, false, false).size() != 1) {
      throw new SQLException("it must be one statement", "42601");
    }
    // Run it as psql would: a question mark is an operator and braces are text, without the meaning
    // that JDBC gives them.
    query.setEscapeProcessing(false);
    query.setMaxRows(2);
    if (!query.execute(sql)) {
      throw new NoAnswer("no row: it is not a query");
    }
    try (ResultSet rows = query.getResultSet()) {
      int columns = rows.getMetaData().getColumnCount();
      if (columns != 1) {
        throw new NoAnswer(columns + " columns, not one");
      }
      if (!rows.next()) {
        throw new NoAnswer("no row");
      }
      T value = reading.of(rows, rows.getMetaData().getColumnTypeName(1));
      if (rows.next()) {
        throw new NoAnswer("more than one row");
      }
      return value;
    }
  }

  private Connection open(String settings) throws SQLException {
    Connection connection =
        restored.connectForUser(userChecks.database(), userChecks.statementLimit());
    try (Statement statement = connection.createStatement()) {
      // The driver tells the server the zone of its own machine, and the sign of an offset has the
      // opposite meaning in a zone's name.
      ZoneId zone = userChecks.zone().normalized();
      statement.execute(
          zone instanceof ZoneOffset offset
              ? "set session time zone interval '" + hours(offset) + "' hour to minute"
              : "set session time zone '" + zone.getId() + "'");
      if (!settings.isEmpty()) {
        statement.execute(settings);
      }
      connection.commit();
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static String hours(ZoneOffset offset) {
    int minutes = offset.getTotalSeconds() / 60;
    return String.format(
        "%s%02d:%02d", minutes < 0 ? "-" : "+", Math.abs(minutes) / 60, Math.abs(minutes) % 60);
  }

  private static CheckResult passed(String name, String detail, long began) {
    return new CheckResult(Check.passed(name, detail, since(began)), List.of(), List.of());
  }

  private static CheckResult failed(String name, Finding finding, long began) {
    return new CheckResult(
        Check.failed(name, finding.message(), since(began)), List.of(finding), List.of());
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** A query returned something other than requested; the message says what. */
  private static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    NoAnswer(String message) {
      super(message);
    }
  }
}
