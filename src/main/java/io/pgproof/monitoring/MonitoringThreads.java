package io.pgproof.monitoring;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;

/** The threads of calls that may hang; a hanging call does not keep the process from ending. */
final class MonitoringThreads implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          BasicThreadFactory.builder().namingPattern("monitoring").daemon().build());

  void execute(Runnable call) {
    threads.execute(call);
  }

  @Override
  public void close() {
    // No interrupt: it would break off a database query in progress.
    threads.shutdown();
  }
}
