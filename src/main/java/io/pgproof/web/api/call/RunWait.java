package io.pgproof.web.api.call;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets calls wait for a verdict. A call that waits holds a thread of the server, so only some may
 * wait at a time, and none while the server stops.
 */
final class RunWait implements ApplicationListener<ContextClosedEvent> {
  /** Calls that may wait at a time; the others are answered at once. */
  static final int MOST = 50;

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final RunIndex runIndex;
  private final EvidenceLog evidenceLog;
  private final Semaphore places = new Semaphore(MOST);
  private volatile boolean closing;

  RunWait(RunIndex runIndex, EvidenceLog evidenceLog) {
    this.runIndex = runIndex;
    this.evidenceLog = evidenceLog;
  }

  /** Returns when the run has a verdict, the time is over, or no more calls may wait. */
  void await(RunId run, Duration limit) {
    if (!places.tryAcquire()) {
      return;
    }
    try {
      long end = System.nanoTime() + limit.toNanos();
      for (long commits = evidenceLog.commits(); !hasEnded(run); commits = evidenceLog.commits()) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        if (closing || left.isNegative()) {
          return;
        }
        evidenceLog.awaitCommit(commits, left.compareTo(LOOK_EVERY) < 0 ? left : LOOK_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }

  /** Returns how many more calls may wait. */
  int free() {
    return places.availablePermits();
  }

  private boolean hasEnded(RunId run) {
    return runIndex.find(run).flatMap(RunSummary::outcome).isPresent();
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    closing = true;
  }
}
