package io.pgproof.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BackgroundWorkTest {
  private static final String MESSAGE = "ended";
  private static final BackgroundWork.Limit SHORT =
      new BackgroundWork.Limit(
          Duration.ofMillis(50), Reason.RESTORE_TIMEOUT, "the restore of /backups/shop");
  private static final BackgroundWork.Limit LONG =
      new BackgroundWork.Limit(Duration.ofHours(1), Reason.CHECK_TIMEOUT, "the checks");

  private final RunId run = RunId.at(Instant.now());
  private final AtomicBoolean rung = new AtomicBoolean();

  /** Leaves no worker aside that lets go. */
  private BackgroundWork work =
      new BackgroundWork((ended, message) -> rung.set(true), Duration.ofMinutes(5), 3);

  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void release() {
    released.countDown();
    work.close();
  }

  @Test
  void workWithinItsLimitGivesItsResult() {
    work.startOnce(
        run,
        MESSAGE,
        LONG,
        () -> {
          released.await();
          return "sound";
        });
    assertThat(work.poll(run, MESSAGE)).isEmpty();
    released.countDown();
    await().until(rung::get);
    assertThat(work.<String>poll(run, MESSAGE)).contains("sound");
  }

  @Test
  void workThatKeepsFailingIsReportedAtItsLastTry() {
    assertFault(1, false, "the disk is away");
    assertFault(2, false, "the disk is away");
    assertFault(3, true, "the checks failed 3 times; the last error: the disk is away");
    assertFault(1, false, "the disk is away");
  }

  private void assertFault(int count, boolean last, String words) {
    assertThatThrownBy(this::failAndLook)
        .hasMessage(words)
        .isInstanceOfSatisfying(
            BackgroundWork.Fault.class,
            fault -> {
              assertThat(fault.count()).isEqualTo(count);
              assertThat(fault.last()).isEqualTo(last);
            });
  }

  private void failAndLook() throws InterruptedException {
    work.startOnce(
        run,
        MESSAGE,
        LONG,
        () -> {
          throw new IllegalStateException("the disk is away");
        });
    while (work.poll(run, MESSAGE).isEmpty()) {
      Thread.sleep(5);
    }
  }

  @Test
  void workBeyondItsLimitIsInterruptedAndReported() {
    work.startOnce(
        run,
        MESSAGE,
        SHORT,
        () -> {
          Thread.sleep(600_000);
          return "never";
        });
    await().untilAsserted(() -> assertTooLate("the restore of /backups/shop did not end within"));
    await().untilTrue(rung);
  }

  @Test
  void interruptedWorkCanReportItsProgress() throws Exception {
    work.startOnce(
        run,
        MESSAGE,
        SHORT,
        () -> {
          try {
            working.countDown();
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            return "half of it";
          }
          return "never";
        });
    working.await();
    await().untilAsserted(() -> assertThat(work.<String>poll(run, MESSAGE)).contains("half of it"));
  }

  @Test
  void aFindingDecidesBeforeTheTimeLimit() throws Exception {
    work.startOnce(
        run,
        MESSAGE,
        SHORT,
        () -> {
          try {
            working.countDown();
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            throw new FindingException(Reason.ARCHIVE_CORRUPT, "base.tar.gz is no archive");
          }
          return "never";
        });
    working.await();
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> work.poll(run, MESSAGE))
                    .hasMessageContaining("no archive"));
  }

  @Test
  void aBlockedWorkerIsNotWaitedFor() {
    leaveWorkersAsideSoon();
    work.startOnce(run, MESSAGE, SHORT, held());
    await().untilAsserted(() -> assertTooLate("cannot be cancelled"));

    work.stop(run);

    assertThat(work.isBegun(run, MESSAGE)).isFalse();
    assertThat(work.runs()).isEmpty();
    assertThat(rung).as("it is still held").isFalse();
  }

  @Test
  void aBlockedWorkerDoesNotStopTheDaemonFromEnding() {
    leaveWorkersAsideSoon();
    work.startOnce(run, MESSAGE, LONG, held());
    work.stopAll();
    assertThat(work.runs()).isEmpty();
  }

  /**
   * The interrupt of a thread that waits in a channel closes the channel, and that waits for the
   * thread.
   */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void interruptingAWorkerBlockedInAChannelDoesNotBlock() {
    leaveWorkersAsideSoon();
    work.startOnce(run, MESSAGE, SHORT, () -> new HeldChannel().read());
    await().untilAsserted(() -> assertTooLate("cannot be cancelled"));

    work.stop(run);
    work.close();

    assertThat(rung).as("it is still held").isFalse();
  }

  private void leaveWorkersAsideSoon() {
    work.close();
    work = new BackgroundWork((ended, message) -> rung.set(true), Duration.ofMillis(200), 3);
  }

  private final class HeldChannel extends AbstractInterruptibleChannel {
    String read() throws Exception {
      begin();
      String read = held().call();
      end(true);
      return read;
    }

    @Override
    protected void implCloseChannel() {
      try {
        held().call();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private Callable<String> held() {
    return () -> {
      while (released.getCount() > 0) {
        try {
          released.await();
        } catch (InterruptedException e) {
          // As a read from a mount that does not answer.
        }
      }
      return "too late";
    };
  }

  private void assertTooLate(String words) {
    assertThatThrownBy(() -> work.poll(run, MESSAGE))
        .isInstanceOfSatisfying(
            FindingException.class,
            found -> assertThat(found.finding().reason()).isEqualTo(Reason.RESTORE_TIMEOUT))
        .hasMessageContaining(words);
  }
}
