package io.pgproof.postgres.check;

import io.pgproof.postgres.server.ServerLostException;
import io.pgproof.proof.LogContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.postgresql.PGConnection;

/**
 * Queries a database about many objects one by one, over several parallel connections.
 *
 * <p>A statement can run for hours, so none has its own limit. An interrupt of the caller or the
 * end of the machine breaks the connections.
 */
final class ParallelQueries {
  static final int CONNECTIONS = 2;
  private static final long ENDING_SECONDS = 10;

  private ParallelQueries() {}

  /** A query about one object. */
  interface Question<T> {
    /**
     * @throws SQLException if the connection is lost; the implementation must record any other
     *     failure itself
     */
    void run(Statement statement, T object) throws SQLException;
  }

  /**
   * @param connections one for each worker; this method closes them
   * @throws ServerLostException if a connection was lost. The others have ended by then; further
   *     lost connections are suppressed exceptions of it
   * @throws InterruptedException if the caller was interrupted; the connections have ended then too
   */
  static <T> void run(List<Connection> connections, List<T> objects, Question<T> question)
      throws ServerLostException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stopped = new AtomicBoolean();
    ExecutorService workers =
        Executors.newFixedThreadPool(
            connections.size(),
            BasicThreadFactory.builder().namingPattern("sweep").daemon().build());
    CompletionService<Void> ends = new ExecutorCompletionService<>(workers);
    try {
      for (Connection connection : connections) {
        ends.submit(
            LogContext.carry(
                () -> {
                  work(connection, objects, question, next, stopped);
                  return null;
                }));
      }
      await(ends, connections.size());
    } finally {
      stopped.set(true);
      connections.forEach(ParallelQueries::cancel);
      workers.shutdown();
      awaitEnd(workers);
    }
  }

  private static <T> void work(
      Connection connection,
      List<T> objects,
      Question<T> question,
      AtomicInteger next,
      AtomicBoolean stopped)
      throws ServerLostException {
    int backend = backend(connection);
    while (!stopped.get()) {
      int n = next.getAndIncrement();
      if (n >= objects.size()) {
        return;
      }
      try (Statement statement = connection.createStatement()) {
        question.run(statement, objects.get(n));
      } catch (SQLException e) {
        stopped.set(true);
        throw new ServerLostException(objects.get(n).toString(), e, backend);
      }
    }
  }

  private static void await(CompletionService<Void> ends, int workers)
      throws ServerLostException, InterruptedException {
    List<ServerLostException> lost = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      try {
        ends.take().get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof ServerLostException gone) {
          lost.add(gone);
        } else if (e.getCause() instanceof RuntimeException unchecked) {
          throw unchecked;
        } else {
          throw new IllegalStateException(e.getCause());
        }
      }
    }
    if (!lost.isEmpty()) {
      // A crash ends the other sessions with 57P02, if they receive it. The session that caused the
      // crash receives nothing.
      ServerLostException met =
          lost.stream()
              .filter(gone -> !"57P02".equals(gone.failure().getSQLState()))
              .findFirst()
              .orElse(lost.get(0));
      lost.stream().filter(gone -> gone != met).forEach(met::addSuppressed);
      throw met;
    }
  }

  /**
   * Returns the backend's process id. Call it while the connection lives, because a lost one no
   * longer tells it.
   */
  private static int backend(Connection connection) {
    try {
      return connection.unwrap(PGConnection.class).getBackendPID();
    } catch (SQLException e) {
      return 0;
    }
  }

  static void cancel(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // The connection is gone, as intended.
    }
  }

  private static void awaitEnd(ExecutorService workers) {
    try {
      workers.awaitTermination(ENDING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
