package io.pgproof.postgres.check;

import io.pgproof.postgres.server.ServerLostException;
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
import org.postgresql.PGConnection;

/**
 * Asks a database about many objects one by one, over several connections side by side.
 *
 * <p>A statement may run for hours, so none has a limit of its own: an interrupt of the caller
 * breaks the connections, and so does the end of the machine.
 */
final class ParallelQueries {
  static final int CONNECTIONS = 2;
  private static final long ENDING_SECONDS = 10;

  private ParallelQueries() {}

  /** What is asked about one object. */
  interface Question<T> {
    /**
     * @throws SQLException when the connection is lost; any other failure is the question's own to
     *     keep
     */
    void ask(Statement statement, T object) throws SQLException;
  }

  /**
   * @param connections one for each worker, closed by this
   * @throws ServerLostException when a connection was lost; the others have ended by then, and
   *     those that were lost too are suppressed in it
   * @throws InterruptedException when the caller was interrupted; likewise
   */
  static <T> void over(List<Connection> connections, List<T> objects, Question<T> question)
      throws ServerLostException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean stopped = new AtomicBoolean();
    ExecutorService workers =
        Executors.newFixedThreadPool(
            connections.size(),
            work -> {
              Thread thread = new Thread(work, "sweep");
              thread.setDaemon(true);
              return thread;
            });
    CompletionService<Void> ends = new ExecutorCompletionService<>(workers);
    try {
      for (Connection connection : connections) {
        ends.submit(
            () -> {
              work(connection, objects, question, next, stopped);
              return null;
            });
      }
      await(ends, connections.size());
    } finally {
      stopped.set(true);
      connections.forEach(ParallelQueries::breakOff);
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
        question.ask(statement, objects.get(n));
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
      // A crash ends the other sessions with 57P02, where it lets them hear it: the one that met it
      // says nothing.
      ServerLostException met =
          lost.stream()
              .filter(gone -> !"57P02".equals(gone.failure().getSQLState()))
              .findFirst()
              .orElse(lost.get(0));
      lost.stream().filter(gone -> gone != met).forEach(met::addSuppressed);
      throw met;
    }
  }

  /** To be asked while the connection lives: a lost one does not tell it any more. */
  private static int backend(Connection connection) {
    try {
      return connection.unwrap(PGConnection.class).getBackendPID();
    } catch (SQLException e) {
      return 0;
    }
  }

  static void breakOff(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is gone, which is what was wanted.
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
