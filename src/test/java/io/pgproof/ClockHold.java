package io.pgproof;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps those waiting who ask a clock for the time, while a test holds it. */
public final class ClockHold {
  private final ReentrantLock lock = new ReentrantLock();

  /** Returns the same clock, which waits while it is held. */
  public Clock on(Clock clock) {
    return new Clock() {
      @Override
      public Instant instant() {
        lock.lock();
        try {
          return clock.instant();
        } finally {
          lock.unlock();
        }
      }

      @Override
      public ZoneId getZone() {
        return clock.getZone();
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return on(clock.withZone(zone));
      }
    };
  }

  /** Holds the clock until the same thread lets it go. */
  public void hold() {
    lock.lock();
  }

  /** Lets the clock go. */
  public void release() {
    lock.unlock();
  }

  /** Returns how many threads wait for the time. */
  public int waiting() {
    return lock.getQueueLength();
  }
}
