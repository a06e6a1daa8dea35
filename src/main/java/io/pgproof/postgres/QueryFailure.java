package io.pgproof.postgres;

import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Says why a user's query was not answered; never the backup's fault by itself. */
final class QueryFailure {
  private static final int MOST_NAMES = 20;
  private static final Duration DYING = Duration.ofSeconds(3);
  private static final Duration READING = Duration.ofSeconds(30);

  private final RunningServer server;
  private final RestoredServer restored;
  private final Asked asked;

  QueryFailure(RunningServer server, RestoredServer restored, Asked asked) {
    this.server = server;
    this.restored = restored;
    this.asked = asked;
  }

  /**
   * @param what of which query, such as {@code the freshness query}
   */
  Finding of(String what, SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    String words = PostgresWords.of(failure);
    // A process killed for want of memory looks like a lost connection, and a server that starves like a broken one.
    if (server.outOfMemory().getAsBoolean()) {
      return Finding.of(Reason.OUT_OF_MEMORY, what + " took the container to its memory limit", words);
    }
    if (lost(state)) {
      return lost(what, words);
    }
    if (state.equals("57014")) {
      return failed(
          what + " did not end within " + PostgresWords.of(asked.statementLimit()),
          "make it cheaper, or raise --cpus", words);
    }
    if (state.equals("3D000")) {
      return failed("the database " + asked.database() + " does not exist in the backup", databases(), words);
    }
    if (RestoredServer.refusesRole(failure) && !state.equals("42501")) {
      return restored.roleRefused(failure).finding();
    }
    Optional<Finding> environment = RecoveryFailure.ofEnvironment(
        state.equals("42501") ? "" : state, PostgresWords.message(failure), words);
    if (environment.isPresent()) {
      return environment.get();
    }
    String message = what + " failed in the database " + asked.database() + ": " + PostgresWords.message(failure);
    return switch (state) {
      case "42P01", "3F000" -> failed(message, databases(), words);
      case "25006" -> failed(message, "queries and assertions only read", words);
      case "XX001", "XX002" -> failed(
          message, "this is damage that no check of this run covers: look at the table with pg_amcheck on the source", words);
      default -> failed(message, Reason.QUERY_FAILED.hint(), words);
    };
  }

  /** Whether the connection is gone, and with it perhaps the server. */
  static boolean lost(String state) {
    return state.startsWith("08") || state.startsWith("57P");
  }

  private Finding lost(String what, String words) {
    awaitItsEnd();
    RecoveryLog log = new RecoveryLog();
    ServerLog file = new ServerLog(server.log());
    try {
      long began = System.nanoTime();
      while (file.read(log::add) && System.nanoTime() - began < READING.toNanos()) {
        if (Thread.currentThread().isInterrupted()) {
          break;
        }
      }
    } catch (IOException e) {
      return failed(what + " lost its connection to the restored server", Reason.QUERY_FAILED.hint(), words);
    }
    if (log.diskFull()) {
      return Finding.of(Reason.DISK_FULL, what + " lost its connection: the disk was full", log.words());
    }
    // A crash says that something is wrong, and not what: the library, the processor or the data.
    return log.crash()
        .map(crash -> failed(what + " crashed the restored server: " + crash, Reason.QUERY_FAILED.hint(), log.words()))
        .orElseGet(() -> failed(what + " lost its connection to the restored server", Reason.QUERY_FAILED.hint(), words));
  }

  /** A server that crashed writes why and ends soon after the client has lost it. */
  private void awaitItsEnd() {
    long began = System.nanoTime();
    while (server.alive().getAsBoolean() && System.nanoTime() - began < DYING.toNanos()) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private String databases() {
    try {
      List<String> names = restored.databases();
      String shown = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
      return "name the database with --database; the backup holds " + PostgresWords.clean(shown)
          + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "");
    } catch (SQLException e) {
      return "name the database with --database";
    }
  }

  private static Finding failed(String message, String hint, String words) {
    return Finding.of(Reason.QUERY_FAILED, message, hint, words);
  }
}
