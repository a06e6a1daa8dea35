package io.pgproof.postgres.check;

import io.pgproof.postgres.recovery.ServerFailure;
import io.pgproof.postgres.server.RestoredServer;
import io.pgproof.postgres.server.RestoredServer.Database;
import io.pgproof.postgres.server.ServerLostException;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.postgres.server.StoredDataError;
import io.pgproof.proof.Check;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Progress;
import io.pgproof.proof.Reason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A check that goes through every database of a copy, object by object. An error in one object does
 * not hide the next.
 *
 * <p>Objects that all databases share are checked in the first database only.
 */
abstract class ObjectCheck {
  private static final int FETCHED = 5_000;
  private static final long TELL_NANOS = 1_000_000_000L;
  // Only this check uses the copy. A session that waits for a lock therefore waits for a prepared
  // transaction, forever.
  private static final String SESSION =
      "set lock_timeout = '2s'; set default_transaction_read_only = off;"
          + " set default_transaction_isolation = 'read committed'; set row_security = off; set maintenance_work_mem = '64MB';"
          + " set max_parallel_workers_per_gather = 0; set check_function_bodies = on;";

  private final String name;
  private final Reason damage;
  private final Progress progress;
  private final ServerFailure server;
  private final RestoredServer restored;
  private long told;
  private int databases;
  private String open = "";
  private AtomicInteger done = new AtomicInteger();

  final RecoveredCopy copy;
  final ObjectFindings objections = new ObjectFindings();
  final List<String> notChecked = new ArrayList<>();

  /**
   * @param name name of the check
   * @param damage reason to use if the data are at fault
   */
  ObjectCheck(String name, Reason damage, RecoveredCopy copy, Progress progress) {
    this.name = name;
    this.damage = damage;
    this.copy = copy;
    this.progress = progress;
    this.server = new ServerFailure(copy.server(), Reason.CHECK_FAILED);
    this.restored = new RestoredServer(copy.server().address());
  }

  /** An object of the current database; its text names it for a person. */
  interface Named {}

  /** Prepares another session; if it fails, the check cannot be made in this database. */
  abstract void prepare(Statement statement) throws SQLException;

  /** Returns the objects of the current database; shared objects only if {@code shared}. */
  abstract List<? extends Named> list(Statement statement, boolean shared) throws SQLException;

  /** Checks one object; {@link #object} and similar methods record failures. */
  abstract void checkObject(Statement statement, Named object) throws SQLException;

  /** Called after all objects of a database. */
  void endOf(String database) {}

  /** Returns what was covered, and the result. */
  abstract String covered(String inDatabases);

  /**
   * Returns the differences of the environment that leave the checked objects sound, on one line;
   * empty if there are none.
   */
  Optional<String> mismatch() {
    return Optional.empty();
  }

  /**
   * Makes the check.
   *
   * @throws InterruptedException if the caller was interrupted; all sessions have ended then
   */
  final CheckResult run() throws InterruptedException {
    long began = System.nanoTime();
    try {
      for (Database database : databases()) {
        if (database.closed().isPresent()) {
          addSkipped(
              "the database " + shown(database.name()) + ", which " + database.closed().get());
        } else {
          check(database.name());
        }
      }
    } catch (ServerLostException lost) {
      ServerLostException e = server.blame(lost);
      objections.add(
          describeFinding(
              e.activity(),
              server
                  .of(e.activity(), e.failure())
                  .orElseGet(() -> failed(e.activity(), e.failure()))));
      addSkipped("everything after the check of " + e.activity() + ", which ended the session");
    }
    return new CheckResult(
        check(Duration.ofNanos(System.nanoTime() - began)), objections.findings(), notChecked);
  }

  private List<Database> databases() throws ServerLostException {
    try {
      return restored.everyDatabase();
    } catch (SQLException e) {
      throwIfLost("the list of databases", e);
      object("the list of databases", e);
      return List.of();
    }
  }

  private void check(String database) throws ServerLostException, InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException();
    }
    open = database;
    List<Connection> connections = new ArrayList<>();
    List<? extends Named> objects;
    String whole = "the database " + shown(database);
    try {
      connections.add(session(database));
      objects = list(connections.get(0));
      for (int i = 1; i < Math.min(ParallelQueries.CONNECTIONS, objects.size()); i++) {
        connections.add(session(database));
      }
    } catch (SQLException e) {
      connections.forEach(ParallelQueries::cancel);
      throwIfLost(whole, e);
      if ("3D000".equals(e.getSQLState()) && StoredDataError.matches(e)) {
        objections.add(
            describeFinding(
                whole,
                Finding.of(
                    damage, whole + " cannot be opened: its files are missing", ServerText.of(e))));
      } else {
        object(whole, e);
      }
      return;
    }
    databases++;
    done = new AtomicInteger();
    int total = objects.size();
    reportProgress(total);
    ParallelQueries.run(
        connections,
        objects,
        (statement, object) -> {
          checkObject(statement, object);
          done.incrementAndGet();
          reportProgress(total);
        });
    endOf(database);
  }

  /**
   * Reads the list in pieces, because it can have a million objects and the size of a response from
   * the copy is limited.
   */
  private List<? extends Named> list(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCHED);
      List<? extends Named> objects = list(statement, databases == 0);
      connection.commit();
      connection.setAutoCommit(true);
      return objects;
    }
  }

  private Connection session(String database) throws SQLException {
    Connection connection = restored.connect(database, Duration.ZERO);
    try (Statement statement = connection.createStatement()) {
      statement.execute(SESSION);
      prepare(statement);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Records the failure of an object's own statement, by the party at fault.
   *
   * @throws SQLException the failure itself, if the connection is lost
   */
  final void statement(String object, SQLException failure) throws SQLException {
    if (ServerLostException.isConnectionLost(failure)) {
      throw failure;
    }
    object(object, failure);
  }

  private void object(String object, SQLException failure) {
    if ("55P03".equals(failure.getSQLState())) {
      addSkipped(object + ", which a prepared transaction of the source has locked");
      return;
    }
    objections.add(
        describeFinding(
            object,
            server
                .of(object, failure)
                .orElseGet(
                    () ->
                        StoredDataError.matches(failure)
                            ? Finding.of(
                                damage,
                                object + ": " + ServerText.message(failure),
                                ServerText.of(failure))
                            : failed(object, failure))));
  }

  private static Finding failed(String object, SQLException failure) {
    String said = ServerText.withoutRows(failure);
    return Finding.of(Reason.CHECK_FAILED, object + " could not be checked: " + said, said);
  }

  /** Adds the object to the message and to the output of the finding. */
  static Finding describeFinding(String object, Finding finding) {
    String message =
        finding.message().contains(object) ? finding.message() : finding.message() + ": " + object;
    return new Finding(finding.reason(), message, finding.hint(), object + ": " + finding.words());
  }

  final synchronized void addSkipped(String what) {
    notChecked.add(name + ": " + what);
  }

  /** Returns the current database, in words for a person. */
  final String currentDatabase() {
    return shown(open);
  }

  static String shown(String name) {
    return ServerText.clean(name);
  }

  /** Returns a relation's name for a person. */
  static String shown(String schema, String name) {
    return shown(schema == null ? "(no schema)" : schema) + "." + shown(name);
  }

  private void reportProgress(int total) {
    reportProgress(
        String.format(Locale.ROOT, "database %s, %,d of %,d", currentDatabase(), done.get(), total),
        done.get() == 0);
  }

  /** Reports progress, but not for every object, because each report is printed on its own line. */
  final synchronized void reportProgress(String note, boolean now) {
    if (now || System.nanoTime() - told > TELL_NANOS) {
      told = System.nanoTime();
      progress.at(0, 0, name + ": " + note);
    }
  }

  private Check check(Duration took) {
    String covered = covered("in " + ServerText.count(databases, "database", "databases"));
    Optional<Integer> refuting = objections.refuting();
    if (refuting.isPresent()) {
      return Check.failed(name, covered + "; " + refuting.get() + " damaged", took);
    }
    if (objections.has(Reason.COLLATION_MISMATCH) || objections.has(Reason.LIBRARY_MISSING)) {
      return Check.mismatch(name, covered + "; " + objections.findings().get(0).message(), took);
    }
    if (!objections.none()) {
      return Check.skipped(
          name,
          covered + "; then the check stopped: " + objections.findings().get(0).message(),
          took);
    }
    return mismatch()
        .map(difference -> Check.mismatch(name, covered + "; " + difference, took))
        .orElseGet(() -> Check.passed(name, covered, took));
  }

  private static void throwIfLost(String what, SQLException failure) throws ServerLostException {
    if (ServerLostException.isConnectionLost(failure)) {
      throw new ServerLostException(what, failure);
    }
  }
}
