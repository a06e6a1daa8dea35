package io.pgproof.postgres.recovery;

import io.pgproof.postgres.server.RunningServer;
import io.pgproof.postgres.server.ServerLog;
import io.pgproof.postgres.server.ServerLostException;
import io.pgproof.postgres.server.ServerText;
import io.pgproof.proof.Finding;
import io.pgproof.proof.MachineError;
import io.pgproof.proof.Reason;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.postgresql.util.PSQLException;

/**
 * Decides whether an error means that the restored server or its machine lacked something. This
 * comes before any other explanation.
 */
public final class ServerFailure {
  private static final Duration DYING = Duration.ofSeconds(3);
  private static final Duration READING = Duration.ofSeconds(30);

  private final RunningServer server;
  private final Reason untold;

  /**
   * @param untold the reason if the fate of the server is unknown
   */
  public ServerFailure(RunningServer server, Reason untold) {
    this.server = server;
    this.untold = untold;
  }

  /**
   * Returns the finding for lack of memory, a lost connection, or another lack of the machine;
   * empty if the error indicates none of these.
   *
   * @param what the action that failed, such as {@code the freshness query}
   */
  public Optional<Finding> of(String what, SQLException failure) {
    return explain(what, failure)
        .or(
            () ->
                RecoveryFailure.ofEnvironment(
                    String.valueOf(failure.getSQLState()),
                    ServerText.message(failure),
                    ServerText.of(failure),
                    server.address().version()))
        .or(() -> ofDetail(what, failure));
  }

  /**
   * Reads DETAIL, because for transaction states only DETAIL contains the machine's error. It is
   * read but not shown, because it can contain rows.
   */
  private static Optional<Finding> ofDetail(String what, SQLException failure) {
    return failure instanceof PSQLException said
            && said.getServerErrorMessage() != null
            && ServerText.message(failure).startsWith("could not access status of transaction")
        ? MachineError.find(said.getServerErrorMessage().getDetail())
            .map(
                error ->
                    Finding.of(
                        error.reason(Reason.ENVIRONMENT),
                        "the machine prevented the restored server from working: "
                            + error.messages()
                            + "; "
                            + what
                            + " failed",
                        ServerText.of(failure)))
        : Optional.empty();
  }

  /** Returns the finding for lack of memory or a lost connection; otherwise empty. */
  public Optional<Finding> explain(String what, SQLException failure) {
    String words = ServerText.of(failure);
    // A process killed because memory ran out looks like a lost connection, and a starving server
    // looks like a broken one.
    if (server.outOfMemory().getAsBoolean()) {
      return Optional.of(
          Finding.of(
              Reason.OUT_OF_MEMORY, what + " brought the container to its memory limit", words));
    }
    return ServerLostException.isConnectionLost(failure)
        ? Optional.of(connectionLost(what, words))
        : Optional.empty();
  }

  /**
   * Selects, from sessions that were lost together, the one whose process the server's log blames;
   * the given one if the log blames none.
   */
  public ServerLostException blame(ServerLostException lost) {
    Optional<Integer> crashed = log().flatMap(RecoveryLog::crashed);
    return Arrays.stream(lost.getSuppressed())
        .filter(ServerLostException.class::isInstance)
        .map(ServerLostException.class::cast)
        .filter(other -> crashed.filter(process -> process == other.backend()).isPresent())
        .findFirst()
        .orElse(lost);
  }

  private Optional<RecoveryLog> log() {
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
      return Optional.empty();
    }
    return Optional.of(log);
  }

  private Finding connectionLost(String what, String words) {
    String plain = what + " lost its connection to the restored server";
    Optional<RecoveryLog> read = log();
    if (read.isEmpty()) {
      return Finding.of(untold, plain, words);
    }
    RecoveryLog log = read.get();
    if (log.diskFull()) {
      return Finding.of(
          Reason.DISK_FULL, what + " lost its connection: the disk was full", log.errorLines());
    }
    // A crash shows that something is wrong but not what: the library, the processor or the data.
    return log.crash()
        .map(
            crash ->
                Finding.of(
                    untold, what + " crashed the restored server: " + crash, log.errorLines()))
        .orElseGet(() -> Finding.of(untold, plain, words));
  }

  /**
   * Waits for the server to end. A crashed server writes the cause and ends soon after the client
   * has lost the connection.
   */
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
}
