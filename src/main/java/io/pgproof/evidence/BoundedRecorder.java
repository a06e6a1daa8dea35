package io.pgproof.evidence;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.limit.RateLimit;
import io.pgproof.proof.FailureLog;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what people do and try, so that nobody can fill the disk by trying. A source that causes
 * events too fast gets an entry for the first of them; the others are counted, and the numbers are
 * recorded every few minutes and at the end. Safe for use by several threads.
 */
public final class BoundedRecorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BoundedRecorder.class);

  /** Entries of one kind from one source, at once and then in each hour. */
  static final int OF_A_SOURCE = 20;

  /** Entries from all who are not logged in, at once and then in each hour. */
  static final int OF_STRANGERS = 120;

  private static final int SOURCES = 10_000;
  private static final int WAITING = 1_000;
  private static final Duration COUNT_EVERY = Duration.ofMinutes(10);
  private static final String EVERYBODY = "everybody";

  private final EvidenceLog evidenceLog;
  private final Clock clock;
  private final RateLimit ofSources = new RateLimit(OF_A_SOURCE, Duration.ofHours(1), SOURCES);
  private final RateLimit ofStrangers = new RateLimit(OF_STRANGERS, Duration.ofHours(1), 1);
  private final ScheduledThreadPoolExecutor writer =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "recorder");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Long> counted = new HashMap<>();
  private @Nullable Instant countedSince;

  public BoundedRecorder(EvidenceLog evidenceLog, Clock clock) {
    this.evidenceLog = evidenceLog;
    this.clock = clock;
    writer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    var unused =
        writer.scheduleWithFixedDelay(
            this::recordCounted,
            COUNT_EVERY.toMillis(),
            COUNT_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * Records what a person did before this returns.
   *
   * @throws RuntimeException if it cannot be recorded
   */
  public void record(String person, ServerEvent event) {
    if (admits(person, codeOf(event))) {
      event.record(evidenceLog, person);
    }
  }

  /**
   * Records soon that a person was refused something. The caller may be in a transaction that will
   * be rolled back.
   */
  public void refused(String person, ServerEvent.RequestRefused event) {
    String kind = codeOf(event);
    if (admits(person, kind)) {
      soon(kind, () -> event.record(evidenceLog, person));
    }
  }

  /** Records soon, in the run, that a person was refused a decision. */
  public void refused(String person, RunId run, Evidence.DecisionRefused decision) {
    String kind = Evidence.kind(decision.getClass());
    if (admits(person, kind)) {
      soon(kind, () -> decision.record(evidenceLog, run, person));
    }
  }

  /**
   * Records soon that somebody could not log in.
   *
   * @param source the network that the attempt came from
   */
  public void refusedStranger(String source, ServerEvent.LogInRefused event) {
    String kind = codeOf(event);
    if (!admits(source, kind)) {
      return;
    }
    if (ofStrangers.allows(EVERYBODY)) {
      soon(kind, () -> event.record(evidenceLog, EvidenceLog.PGPROOF));
    } else {
      count(kind, 1);
    }
  }

  private static String codeOf(ServerEvent event) {
    return ServerEventKind.of(event.getClass()).code();
  }

  private boolean admits(String source, String kind) {
    boolean admitted = ofSources.allows(kind + " " + source);
    if (!admitted) {
      count(kind, 1);
    }
    return admitted;
  }

  private void soon(String kind, Runnable write) {
    if (writer.getQueue().size() >= WAITING) {
      count(kind, 1);
      return;
    }
    try {
      writer.execute(
          () -> {
            try {
              write.run();
            } catch (RuntimeException | Error e) {
              FailureLog.log(LOG, "a refusal could not be recorded", e);
              count(kind, 1);
            }
          });
    } catch (RejectedExecutionException e) {
      count(kind, 1);
    }
  }

  private void count(String kind, long times) {
    synchronized (counted) {
      counted.merge(kind, times, Long::sum);
      if (countedSince == null) {
        countedSince = clock.instant();
      }
    }
  }

  /** Records how many events got no entry of their own. */
  void recordCounted() {
    Map<String, Long> events;
    Instant since;
    synchronized (counted) {
      if (countedSince == null) {
        return;
      }
      events = Map.copyOf(counted);
      since = countedSince;
      counted.clear();
      countedSince = null;
    }
    try {
      new ServerEvent.OnlyCounted(events, since).record(evidenceLog, EvidenceLog.PGPROOF);
    } catch (RuntimeException | Error e) {
      FailureLog.log(
          LOG, "the number of refusals could not be recorded; pgproof will try again", e);
      events.forEach(this::count);
    }
  }

  /** Records what is waiting. */
  @Override
  public void close() {
    writer.shutdown();
    boolean interrupted = false;
    try {
      if (!writer.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("some refusals could not be recorded within 10 s");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    recordCounted();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
