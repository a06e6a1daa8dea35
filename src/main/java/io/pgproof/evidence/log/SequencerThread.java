package io.pgproof.evidence.log;

import io.pgproof.proof.FailureLog;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes evidence into its log several times a minute, and once more at the end. */
public final class SequencerThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SequencerThread.class);
  private static final Duration EVERY = Duration.ofSeconds(15);

  /** Looks for an entry that a slow transaction has committed late. */
  private static final Duration UNSETTLED_EVERY = Duration.ofMinutes(1);

  private static final Duration ENDS_WITHIN = Duration.ofMinutes(1);

  /** A server looks once a day at all entries, at first when it has started. */
  private static final Duration ALL_EVERY = Duration.ofDays(1);

  private final EvidenceSequencer sequencer;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread made = new Thread(work, "log");
            made.setDaemon(true);
            return made;
          });

  /**
   * @param serving whether this process is a server, and not one command
   */
  public SequencerThread(EvidenceSequencer sequencer, boolean serving) {
    this.sequencer = sequencer;
    if (serving) {
      every(ALL_EVERY, Duration.ZERO, () -> sequencer.take(true));
    }
    every(EVERY, Duration.ZERO, sequencer::takeNew);
    every(UNSETTLED_EVERY, UNSETTLED_EVERY, () -> sequencer.take(false));
  }

  private void every(Duration pause, Duration before, Runnable pass) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> {
              try {
                pass.run();
              } catch (RuntimeException | Error e) {
                // If it were thrown, the periodic task would end.
                FailureLog.log(
                    LOG, "evidence could not be taken into its log; pgproof will try again", e);
              }
            },
            before.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Takes what was recorded until now. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      // A pass that takes very many entries continues at the next start.
      if (thread.awaitTermination(ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        sequencer.take(false);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
