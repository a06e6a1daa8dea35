package io.pgproof.monitoring;

import io.pgproof.proof.HumanFormat;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;

/** A check that counts as failed when it throws, or has no result in time. Thread-safe. */
final class LimitedHealth implements HealthIndicator {
  /** Shorter than the time that probes and Prometheus wait for an answer. */
  static final Duration LIMIT = Duration.ofSeconds(5);

  static final Duration KEEP = Duration.ofSeconds(3);

  private final Status failed;
  private final LimitedCall<Health> check;

  /**
   * @param failed the status if the check has no result
   * @param threads each check uses one until it ends
   */
  LimitedHealth(Status failed, Executor threads, Callable<Health> check) {
    this(failed, new LimitedCall<>(check, threads, LIMIT, KEEP, System::nanoTime));
  }

  LimitedHealth(Status failed, LimitedCall<Health> check) {
    this.failed = failed;
    this.check = check;
  }

  /** Begins a check whose result {@link #health} then waits for; returns at once. */
  void begin() {
    check.begin();
  }

  @Override
  public Health health() {
    try {
      return check.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return result("the check was interrupted");
    } catch (TimeoutException e) {
      return result("no answer within " + HumanFormat.duration(LIMIT));
    } catch (Exception e) {
      return result(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private Health result(String message) {
    return Checks.result(failed, message);
  }
}
