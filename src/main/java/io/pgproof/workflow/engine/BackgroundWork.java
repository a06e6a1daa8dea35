package io.pgproof.workflow.engine;

import io.pgproof.proof.FailureLog;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work that takes longer than a transaction of the engine may: it runs beside the engine, and
 * its end is signalled.
 *
 * <p>A step begins the work and returns; a later step looks at it. Beginning work that is already
 * begun does nothing, so both steps are safe to repeat. Work that takes too long is interrupted. A
 * worker that does not end after that, because it waits in the kernel, is abandoned, and nothing
 * waits for it. All methods may be called from any thread.
 */
public final class BackgroundWork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);

  private final Map<Key, Work<?>> begun = new ConcurrentHashMap<>();
  private final Set<Work<?>> atWork = ConcurrentHashMap.newKeySet();
  private final ExecutorService workers =
      Executors.newCachedThreadPool(
          BasicThreadFactory.builder().namingPattern("long-work").daemon().build());
  private final Bell bell;
  private final Duration endsWithin;
  private final int tries;
  private final Map<Key, Integer> faults = new ConcurrentHashMap<>();

  /**
   * @param endsWithin how long to wait for an interrupted worker
   * @param tries how often to begin work that ends in faults of the environment; the engine cannot
   *     count them, because the step that begins the work again succeeds
   */
  public BackgroundWork(Bell bell, Duration endsWithin, int tries) {
    this.bell = bell;
    this.endsWithin = endsWithin;
    this.tries = tries;
  }

  /**
   * How long work may take, and which reason applies when it takes longer.
   *
   * @param what for a person to read, such as "recovery"
   */
  public record Limit(Duration duration, Reason reason, String what) {
    private FindingException passed(String how, @Nullable Throwable cause) {
      return new FindingException(
          Finding.of(reason, what + " did not end within " + HumanFormat.duration(duration) + how),
          cause);
    }
  }

  /** Work that failed without a finding: a fault of the environment. */
  public static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int count;
    private final boolean last;

    public Fault(Limit limit, int count, int tries, RuntimeException cause) {
      super(
          (count < tries ? "" : limit.what() + " failed " + count + " times; the last error: ")
              + (cause.getMessage() == null ? cause.toString() : cause.getMessage()),
          cause);
      this.count = count;
      this.last = count >= tries;
    }

    /** Returns how often this work has failed in this process, this time included. */
    int count() {
      return count;
    }

    /** Returns whether the work is not to be tried again. */
    public boolean last() {
      return last;
    }
  }

  /** Signals the end of work with the message that waits for it. */
  @FunctionalInterface
  public interface Bell {
    void signal(RunId run, String message);
  }

  private record Key(RunId run, String message) {}

  /**
   * Begins the work, unless it is begun.
   *
   * @param message identifies the work, and is the message to send at its end
   */
  public <T> void startOnce(RunId run, String message, Limit limit, Callable<T> callable) {
    Work<T> work = new Work<>(run, message, limit, LogContext.carry(callable));
    if (begun.putIfAbsent(new Key(run, message), work) == null) {
      atWork.add(work);
      workers.execute(
          () -> {
            Thread.currentThread().setName(work.name);
            work.run();
            atWork.remove(work);
            bell.signal(run, message);
          });
    }
  }

  /** Returns the runs with work that is not forgotten. */
  public Set<RunId> runs() {
    return begun.keySet().stream().map(Key::run).collect(Collectors.toSet());
  }

  public boolean isBegun(RunId run, String message) {
    return begun.containsKey(new Key(run, message));
  }

  /**
   * Returns the result of the work, or empty while it is in progress. Work that ended in a fault is
   * forgotten by this call, so that it can be begun again.
   *
   * @throws FindingException what the work found, or that it exceeded its limit
   * @throws Fault when it failed otherwise
   * @throws IllegalStateException when there is no such work
   */
  @SuppressWarnings("unchecked")
  public <T> Optional<T> poll(RunId run, String message) {
    Key key = new Key(run, message);
    Work<?> work = begun.get(key);
    if (work == null) {
      throw new IllegalStateException(
          "run " + run + " has no work that ends with '" + message + "'");
    }
    try {
      return (Optional<T>) work.poll(endsWithin);
    } catch (FindingException e) {
      throw e;
    } catch (RuntimeException e) {
      begun.remove(key, work);
      Fault fault = new Fault(work.limit, faults.merge(key, 1, Integer::sum), tries, e);
      if (fault.last()) {
        faults.remove(key);
      }
      throw fault;
    }
  }

  /** Interrupts all work of a run that is in progress; it ends soon, and is not forgotten. */
  public void interrupt(RunId run) {
    begun.forEach(
        (key, work) -> {
          if (key.run().equals(run)) {
            work.interrupt();
          }
        });
  }

  /** Interrupts all work of a run, waits for its end, and forgets it. */
  public void stop(RunId run) {
    interrupt(run);
    awaitEnd(
        begun.entrySet().stream()
            .filter(entry -> entry.getKey().run().equals(run))
            .<Work<?>>map(Map.Entry::getValue));
    begun.keySet().removeIf(key -> key.run().equals(run));
    faults.keySet().removeIf(key -> key.run().equals(run));
  }

  /** Does the same for the work of all runs, and for work that was forgotten and has not ended. */
  public void stopAll() {
    begun.values().forEach(Work::interrupt);
    awaitEnd(Stream.concat(begun.values().stream(), atWork.stream()));
    begun.clear();
    faults.clear();
  }

  private void awaitEnd(Stream<Work<?>> works) {
    long end = System.nanoTime() + endsWithin.toNanos();
    works.forEach(
        work -> {
          try {
            if (!work.ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
              LogContext.with(
                  work.run,
                  () ->
                      LOG.warn(
                          "the worker of {} did not end within {} and was abandoned; it waits at {}",
                          work.name,
                          HumanFormat.duration(endsWithin),
                          work.place()));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                "interrupted while waiting for the worker of " + work.name + " to end", e);
          }
        });
  }

  /**
   * Interrupts all work of a run and forgets it at once, because nothing waits for its end any
   * more.
   */
  public void forget(RunId run) {
    interrupt(run);
    begun.keySet().removeIf(key -> key.run().equals(run));
    faults.keySet().removeIf(key -> key.run().equals(run));
  }

  @Override
  public void close() {
    begun.values().forEach(Work::interrupt);
    // Not shutdownNow, which would interrupt the workers from this thread.
    workers.shutdown();
  }

  private static final class Work<T> {
    private final RunId run;
    private final String name;
    private final Limit limit;
    private final Callable<T> callable;
    private final long began = System.nanoTime();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Object interrupting = new Object();
    private volatile @Nullable Thread worker;
    private volatile boolean interrupted;
    private Optional<Long> lateSince = Optional.empty();
    private @Nullable T result;
    private @Nullable Throwable failure;

    Work(RunId run, String message, Limit limit, Callable<T> callable) {
      this.run = run;
      this.name = message + " of " + run;
      this.limit = limit;
      this.callable = callable;
    }

    void run() {
      try {
        synchronized (interrupting) {
          worker = Thread.currentThread();
          if (interrupted) {
            throw new InterruptedException("stopped before it started");
          }
        }
        result = callable.call();
      } catch (Throwable e) {
        failure = e;
      } finally {
        synchronized (interrupting) {
          worker = null;
          Thread.interrupted();
        }
        ended.countDown();
      }
    }

    /**
     * Interrupts the worker from a separate thread. Interrupting a worker that waits in a channel
     * closes the channel, and closing waits for the worker as long as the kernel holds it.
     */
    void interrupt() {
      interrupted = true;
      Thread thread =
          new Thread(
              () -> {
                synchronized (interrupting) {
                  if (worker != null) {
                    worker.interrupt();
                  }
                }
              },
              "interrupt of " + name);
      thread.setDaemon(true);
      thread.start();
    }

    /** Returns where the worker is, as far as this is known. */
    String place() {
      Thread held = worker;
      StackTraceElement[] trace = held == null ? new StackTraceElement[0] : held.getStackTrace();
      return trace.length == 0 ? "its end" : trace[0].toString();
    }

    synchronized Optional<T> poll(Duration endsWithin) {
      if (ended.getCount() > 0) {
        long now = System.nanoTime();
        if (lateSince.isEmpty() && now - began >= limit.duration().toNanos()) {
          lateSince = Optional.of(now);
          interrupt();
        } else if (lateSince.isPresent() && now - lateSince.get() > endsWithin.toNanos()) {
          throw limit.passed(" and cannot be cancelled", null);
        }
        return Optional.empty();
      }
      if (lateSince.isPresent() && failure != null && !(failure instanceof FindingException)) {
        if (FailureLog.isUnexpected(failure)) {
          LOG.error("{} failed after its limit", name, failure);
        }
        throw limit.passed("", failure);
      }
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failure != null) {
        throw new IllegalStateException(failure.toString(), failure);
      }
      return Optional.of(Objects.requireNonNull(result));
    }
  }
}
