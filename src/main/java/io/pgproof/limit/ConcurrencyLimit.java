package io.pgproof.limit;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits how many requests do something at a time. Some more wait for their turn, first come, first
 * served; the others are refused at once. Thread-safe.
 */
public final class ConcurrencyLimit {
  private final String othersAreServed;
  private final int most;
  private final Duration patience;
  private final Semaphore places;
  private final Semaphore turns;

  /**
   * @param othersAreServed the reason of a refusal, such as {@code other reports are being made}
   * @param most how many requests do it at a time
   * @param mostWaiting how many more may wait, each on a thread
   * @param patience how long each waits
   */
  public ConcurrencyLimit(String othersAreServed, int most, int mostWaiting, Duration patience) {
    this.othersAreServed = othersAreServed;
    this.most = most;
    this.patience = patience;
    this.places = new Semaphore(most + mostWaiting);
    this.turns = new Semaphore(most, true);
  }

  /** What a request does in its turn. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  /**
   * Does the work when its turn has come.
   *
   * @throws BusyException if too many others wait, or the turn did not come in time
   * @throws InterruptedException while it waits; the work has not begun
   */
  public <T, E extends Exception> T run(Work<T, E> work) throws E, InterruptedException {
    if (!places.tryAcquire()) {
      throw busy();
    }
    try {
      if (!turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw busy();
      }
      try {
        return work.run();
      } finally {
        turns.release();
      }
    } finally {
      places.release();
    }
  }

  private BusyException busy() {
    return new BusyException(
        othersAreServed + ", " + (most == 1 ? "one" : "at most " + most) + " at a time",
        Duration.ofSeconds(Math.max(1, patience.toSeconds())));
  }

  /** Returns how many requests wait for their turn. */
  public int waiting() {
    return turns.getQueueLength();
  }
}
