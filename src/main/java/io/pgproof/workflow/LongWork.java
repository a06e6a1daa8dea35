package io.pgproof.workflow;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Work that takes longer than an engine's transaction may: it runs beside the engine, and its end rings a bell.
 *
 * <p>A step begins it and returns; a later step looks. Beginning what was begun does nothing, so both are safe to repeat.
 * All methods may be called from any thread.
 */
final class LongWork implements AutoCloseable {
  private final Map<Key, Work<?>> begun = new ConcurrentHashMap<>();
  private final Set<Work<?>> atWork = ConcurrentHashMap.newKeySet();
  private final ExecutorService workers = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "long-work");
    thread.setDaemon(true);
    return thread;
  });
  private final Bell bell;

  LongWork(Bell bell) {
    this.bell = bell;
  }

  /** Rung with the message that waits for the work's end. */
  @FunctionalInterface
  interface Bell {
    void ring(RunId run, String message);
  }

  private record Key(RunId run, String message) {}

  /**
   * @param message names the work, and is the message to ring at its end
   */
  <T> void begin(RunId run, String message, Callable<T> callable) {
    Work<T> work = new Work<>(message + " of " + run, callable);
    if (begun.putIfAbsent(new Key(run, message), work) == null) {
      atWork.add(work);
      workers.execute(() -> {
        Thread.currentThread().setName(work.name);
        work.run();
        atWork.remove(work);
        bell.ring(run, message);
      });
    }
  }

  boolean isBegun(RunId run, String message) {
    return begun.containsKey(new Key(run, message));
  }

  /**
   * The work's result, or empty while it goes on. Work that ended in a fault is forgotten by this, so that it can be begun anew.
   *
   * @throws IllegalStateException when there is no such work, or when it failed with a checked exception or an error
   * @throws RuntimeException what the work threw
   */
  @SuppressWarnings("unchecked")
  <T> Optional<T> look(RunId run, String message) {
    Work<?> work = begun.get(new Key(run, message));
    if (work == null) {
      throw new IllegalStateException("nobody works on what '" + message + "' would end for run " + run);
    }
    try {
      return (Optional<T>) work.look();
    } catch (FindingException e) {
      throw e;
    } catch (RuntimeException e) {
      begun.remove(new Key(run, message), work);
      throw e;
    }
  }

  /** Interrupts all work of a run that goes on; it ends soon, and is not forgotten. */
  void interrupt(RunId run) {
    begun.forEach((key, work) -> {
      if (key.run().equals(run)) {
        work.interrupt();
      }
    });
  }

  /**
   * Interrupts all work of a run, waits for its end, and forgets it.
   *
   * @throws IllegalStateException when a worker does not end within the limit; nothing is forgotten then
   */
  void stop(RunId run, Duration limit) {
    interrupt(run);
    awaitEnd(begun.entrySet().stream()
        .filter(entry -> entry.getKey().run().equals(run))
        .<Work<?>>map(Map.Entry::getValue), limit);
    begun.keySet().removeIf(key -> key.run().equals(run));
  }

  /** The same for the work of all runs, and for work that was forgotten and has not ended. */
  void stopAll(Duration limit) {
    begun.values().forEach(Work::interrupt);
    awaitEnd(Stream.concat(begun.values().stream(), atWork.stream()), limit);
    begun.clear();
  }

  private static void awaitEnd(Stream<Work<?>> works, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    works.forEach(work -> {
      try {
        if (!work.ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          throw new IllegalStateException("the worker of " + work.name + " did not end within " + Words.duration(limit));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the worker of " + work.name + " was to end", e);
      }
    });
  }

  /** Interrupts all work of a run and forgets it at once, for nobody waits for its end any more. */
  void forget(RunId run) {
    interrupt(run);
    begun.keySet().removeIf(key -> key.run().equals(run));
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }

  private static final class Work<T> {
    private final String name;
    private final Callable<T> callable;
    private final CountDownLatch ended = new CountDownLatch(1);
    private Thread worker;
    private boolean interrupted;
    private T result;
    private Throwable failure;

    Work(String name, Callable<T> callable) {
      this.name = name;
      this.callable = callable;
    }

    void run() {
      try {
        synchronized (this) {
          worker = Thread.currentThread();
          if (interrupted) {
            throw new InterruptedException("stopped before it began");
          }
        }
        result = callable.call();
      } catch (Throwable e) {
        failure = e;
      } finally {
        synchronized (this) {
          worker = null;
          Thread.interrupted();
        }
        ended.countDown();
      }
    }

    synchronized void interrupt() {
      interrupted = true;
      if (worker != null) {
        worker.interrupt();
      }
    }

    Optional<T> look() {
      if (ended.getCount() > 0) {
        return Optional.empty();
      }
      if (failure instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failure != null) {
        throw new IllegalStateException(failure.toString(), failure);
      }
      return Optional.of(result);
    }
  }
}
