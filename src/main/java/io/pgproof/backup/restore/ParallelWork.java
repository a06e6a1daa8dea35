package io.pgproof.backup.restore;

import io.pgproof.proof.LogContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs long work, two pieces at a time, until all is done or one fails, and leaves no thread
 * behind.
 */
final class ParallelWork {
  /** One for each of the two slow things: base and WAL, or two files of a directory. */
  static final int WORKERS = 2;

  private ParallelWork() {}

  /**
   * Returns the results in the order of the work.
   *
   * <p>The first failure, or an interrupt of the caller, interrupts the other pieces; in every case
   * they have ended when this method returns or throws.
   */
  static <T> List<T> run(List<? extends Callable<T>> work)
      throws IOException, InterruptedException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(work.size(), WORKERS),
            BasicThreadFactory.builder().namingPattern("restore-%d").daemon().build());
    try {
      CompletionService<T> completion = new ExecutorCompletionService<>(threads);
      List<Future<T>> futures = new ArrayList<>();
      work.forEach(each -> futures.add(completion.submit(LogContext.<T>carry(each))));
      for (int i = 0; i < work.size(); i++) {
        completion.take().get();
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    } finally {
      threads.shutdownNow();
      awaitEnd(threads);
    }
  }

  private static IOException failure(@Nullable Throwable cause)
      throws IOException, InterruptedException {
    if (cause instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    if (cause instanceof InterruptedException interrupted) {
      throw interrupted;
    }
    return cause instanceof IOException io ? io : new IOException(cause);
  }

  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    while (true) {
      try {
        if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
