package io.pgproof.postgres;

import io.pgproof.backup.ControlFile;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
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
import org.postgresql.core.Parser;

/**
 * Asks the restored data how fresh they are and whether what the user asserts is true.
 *
 * <p>Each question has a connection of its own, so that none lives with what another did to the session, and is one
 * statement: what comes after a semicolon is refused before anything runs.
 */
final class Questions {
  private static final String FRESHNESS = "freshness";

  private final RestoredServer restored;
  private final Asked asked;
  private final QueryFailure failure;
  private final List<Check> checks = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private FreshnessFacts facts;

  private Questions(RunningServer server, Asked asked) {
    this.restored = new RestoredServer(server.address());
    this.asked = asked;
    this.failure = new QueryFailure(server, restored, asked);
  }

  /**
   * Asks all of it.
   *
   * @param reached tells the age where there is no query
   * @param control tells it where there was no commit either
   * @param startedAt of the run, by this machine's clock
   * @throws FindingException {@code environment} when another process than the restored server answers
   */
  static Answers ask(
      RunningServer server, Asked asked, RecoveryReached reached, ControlFile control, Instant startedAt) {
    Questions questions = new Questions(server, asked);
    questions.freshness(reached, control, startedAt);
    for (int n = 1; n <= asked.assertions().size(); n++) {
      questions.assertion(n, asked.assertions().get(n - 1));
    }
    return new Answers(questions.checks, questions.findings, questions.facts, List.of());
  }

  private void freshness(RecoveryReached reached, ControlFile control, Instant startedAt) {
    long began = System.nanoTime();
    Instant newest;
    String source;
    if (asked.freshnessQuery().isPresent()) {
      source = "query";
      try {
        newest = newest(asked.freshnessQuery().get());
      } catch (SQLException e) {
        failed(FRESHNESS, failure.of("the freshness query", e), began);
        return;
      } catch (NoTime e) {
        failed(FRESHNESS, Finding.of(Reason.FRESHNESS_UNKNOWN, "the freshness query gave " + e.getMessage()), began);
        return;
      }
    } else {
      source = reached.lastCommit().isPresent() ? "wal" : "checkpoint";
      newest = reached.lastCommit().orElse(control.checkpointTime());
    }
    Freshness freshness = Freshness.judge(newest, source, startedAt, asked.maxAge());
    facts = freshness.facts();
    if (freshness.finding().isPresent()) {
      failed(FRESHNESS, freshness.finding().get(), began);
    } else {
      checks.add(Check.passed(FRESHNESS, freshness.detail(), since(began)));
    }
  }

  private Instant newest(String sql) throws SQLException, NoTime {
    try (Connection connection = open();
        Statement query = connection.createStatement()) {
      if (!executed(query, sql)) {
        throw new NoTime("no row: it is not a query");
      }
      try (ResultSet rows = query.getResultSet()) {
        int columns = rows.getMetaData().getColumnCount();
        if (columns != 1) {
          throw new NoTime(columns + " columns, not one");
        }
        if (!rows.next()) {
          throw new NoTime("no row");
        }
        Instant newest = instant(rows, rows.getMetaData().getColumnTypeName(1));
        if (rows.next()) {
          throw new NoTime("more than one row");
        }
        return newest;
      }
    }
  }

  private Instant instant(ResultSet row, String type) throws SQLException, NoTime {
    if (row.getObject(1) == null) {
      throw new NoTime("NULL: there are no data to take a time from");
    }
    ZoneId zone = asked.zone();
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
      default -> throw new NoTime("a value of the type " + PostgresWords.clean(type) + ", which is no time");
    }
  }

  private static void finite(boolean finite) throws NoTime {
    if (!finite) {
      throw new NoTime("infinity, which is no time");
    }
  }

  private void assertion(int n, String sql) {
    long began = System.nanoTime();
    String name = "assertion:" + n;
    String shown = PostgresWords.clean(sql);
    try (Connection connection = open();
        Statement query = connection.createStatement()) {
      String wrong = null;
      boolean holds = false;
      if (!executed(query, sql)) {
        wrong = "no row: it is not a query";
      } else {
        try (ResultSet rows = query.getResultSet()) {
          int columns = rows.getMetaData().getColumnCount();
          String type = rows.getMetaData().getColumnTypeName(1);
          if (columns != 1) {
            wrong = columns + " columns, not one";
          } else if (!type.equals("bool")) {
            wrong = "a value of the type " + PostgresWords.clean(type) + ", not true or false";
          } else if (!rows.next()) {
            wrong = "no row";
          } else {
            holds = rows.getBoolean(1);
            wrong = rows.wasNull() ? "NULL, not true or false" : rows.next() ? "more than one row" : null;
          }
        }
      }
      if (wrong != null) {
        failed(name, Finding.of(
            Reason.QUERY_FAILED, "assertion " + n + " gave " + wrong + ": " + shown,
            "let it return one row with one boolean column", null), began);
      } else if (holds) {
        checks.add(Check.passed(name, shown, since(began)));
      } else {
        failed(name, Finding.of(Reason.ASSERTION_FAILED, "assertion " + n + " is false: " + shown), began);
      }
    } catch (SQLException e) {
      failed(name, failure.of("assertion " + n, e), began);
    }
  }

  /** As psql would run it: a question mark is an operator and braces are text, not what JDBC makes of them. */
  private static boolean executed(Statement query, String sql) throws SQLException {
    if (Parser.parseJdbcSql(sql, true, false, true, false, false).size() != 1) {
      throw new SQLException("it must be one statement", "42601");
    }
    query.setEscapeProcessing(false);
    query.setMaxRows(2);
    return query.execute(sql);
  }

  private Connection open() throws SQLException {
    Connection connection = restored.connectForUser(asked.database(), asked.statementLimit());
    try (Statement statement = connection.createStatement()) {
      // The driver tells the server its own machine's zone, and an offset's sign means the opposite in a zone's name.
      ZoneId zone = asked.zone().normalized();
      statement.execute(zone instanceof ZoneOffset offset
          ? "set session time zone interval '" + hours(offset) + "' hour to minute"
          : "set session time zone '" + zone.getId() + "'");
      connection.commit();
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static String hours(ZoneOffset offset) {
    int minutes = offset.getTotalSeconds() / 60;
    return String.format("%s%02d:%02d", minutes < 0 ? "-" : "+", Math.abs(minutes) / 60, Math.abs(minutes) % 60);
  }

  private void failed(String name, Finding finding, long began) {
    checks.add(Check.failed(name, finding.message(), since(began)));
    findings.add(finding);
  }

  private static Duration since(long began) {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** The freshness query gave something else than a time; the message says what. */
  private static final class NoTime extends Exception {
    private static final long serialVersionUID = 1L;

    NoTime(String message) {
      super(message);
    }
  }
}
