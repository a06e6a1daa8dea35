package io.pgproof.daemon;

import java.time.Duration;

/** A log of periodic tasks whose clock the test moves. */
public final class PassLogs {
  private long now;
  private final PassLog log = new PassLog(() -> now);

  public PassLog log() {
    return log;
  }

  public void forward(Duration time) {
    now += time.toNanos();
  }

  public void begin(String task, Duration pause) {
    log.begin(task, pause);
  }

  public void ended(String task, boolean succeeded) {
    log.ended(task, succeeded);
  }
}
