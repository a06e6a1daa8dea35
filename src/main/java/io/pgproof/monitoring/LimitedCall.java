package io.pgproof.monitoring;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A call that may hang: callers wait for a limited time, only one call is in progress at a time,
 * and its result is used for a few seconds. Thread-safe.
 */
final class LimitedCall<T> {
  private final Callable<T> callable;
  private final Executor threads;
  private final Duration limit;
  private final Duration keep;
  private final LongSupplier nanos;
  private @Nullable CompletableFuture<T> call;
  private long began;
  private long ended;

  /**
   * @param threads each call uses one until it ends
   * @param limit how long after the beginning of a call its result is waited for
   * @param keep how long a result is used
   * @param nanos as {@link System#nanoTime}
   */
  LimitedCall(
      Callable<T> callable, Executor threads, Duration limit, Duration keep, LongSupplier nanos) {
    this.callable = callable;
    this.threads = threads;
    this.limit = limit;
    this.keep = keep;
    this.nanos = nanos;
  }

  /**
   * Returns the result of the call in progress, of the last one, or of a new one.
   *
   * @throws TimeoutException when it did not end in time; the call continues
   * @throws Exception what the call threw
   */
  T get() throws Exception {
    try {
      CompletableFuture<T> current = current();
      return current.get(left(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }

  /** Begins a new call if {@link #get} would; returns at once. */
  void begin() {
    var unused = current();
  }

  private synchronized long left() {
    return Math.max(0, limit.toNanos() - (nanos.getAsLong() - began));
  }

  private synchronized CompletableFuture<T> current() {
    if (call == null || (call.isDone() && nanos.getAsLong() - ended > keep.toNanos())) {
      CompletableFuture<T> next = new CompletableFuture<>();
      call = next;
      began = nanos.getAsLong();
      threads.execute(() -> run(next));
    }
    return call;
  }

  private void run(CompletableFuture<T> result) {
    try {
      T value = callable.call();
      setEnded();
      result.complete(value);
    } catch (Throwable e) {
      setEnded();
      result.completeExceptionally(e);
    }
  }

  private synchronized void setEnded() {
    ended = nanos.getAsLong();
  }
}
