package io.pgproof.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

class LimitedCallTest {
  private static final Duration LIMIT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final MonitoringThreads threads = new MonitoringThreads();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong now = new AtomicLong();

  @AfterEach
  void end() {
    threads.close();
  }

  @Test
  void aResultIsUsedForAWhile() throws Exception {
    LimitedCall<Integer> call = call(LONG, calls::incrementAndGet);
    assertThat(call.get()).isOne();
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(call.get()).isOne();
    now.incrementAndGet();
    assertThat(call.get()).isEqualTo(2);
  }

  @Test
  void aFailureIsUsedForAWhileToo() {
    LimitedCall<Integer> call =
        call(
            LONG,
            () -> {
              throw new IOException("failure " + calls.incrementAndGet());
            });
    assertThatThrownBy(call::get).isInstanceOf(IOException.class).hasMessage("failure 1");
    assertThatThrownBy(call::get).hasMessage("failure 1");
    now.addAndGet(Duration.ofSeconds(4).toNanos());
    assertThatThrownBy(call::get).hasMessage("failure 2");
  }

  @Test
  void aCallThatHangsIsMadeOnlyOnce() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    LimitedCall<Integer> call =
        call(
            LIMIT,
            () -> {
              hanging.await();
              return calls.incrementAndGet();
            });
    assertThatThrownBy(call::get).isInstanceOf(TimeoutException.class);
    now.addAndGet(LONG.toNanos());
    assertThatThrownBy(call::get).isInstanceOf(TimeoutException.class);
    hanging.countDown();
    await().until(() -> call.get() == 1);
    assertThat(calls).hasValue(1);
  }

  @Test
  void aCheckWithoutAResultHasTheStatusOfItsFailure() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    LimitedHealth health =
        new LimitedHealth(
            Status.UNKNOWN,
            call(
                LIMIT,
                () -> {
                  hanging.await();
                  return Health.up().build();
                }));
    assertThat(health.health()).isEqualTo(Checks.result(Status.UNKNOWN, "no answer within 5 s"));
    hanging.countDown();
    LimitedHealth failing =
        new LimitedHealth(
            Status.DOWN,
            call(
                LONG,
                () -> {
                  throw new IOException("the disk is gone");
                }));
    assertThat(failing.health()).isEqualTo(Checks.result(Status.DOWN, "the disk is gone"));
  }

  private <T> LimitedCall<T> call(Duration limit, Callable<T> callable) {
    return new LimitedCall<>(callable, threads::execute, limit, Duration.ofSeconds(3), now::get);
  }
}
