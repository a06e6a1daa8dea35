package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.proof.FailureLog;
import io.pgproof.state.SignOfLife;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records when the server starts and stops. A crash records nothing; its time is known from the
 * last sign of life, which the next start records.
 */
final class ServerLife implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLife.class);

  private final SignOfLife signOfLife;
  private final EvidenceLog evidenceLog;
  private final Clock clock;
  private final Instant startedAt;

  /** Records the start. */
  ServerLife(SignOfLife signOfLife, EvidenceLog evidenceLog, Clock clock) {
    this.signOfLife = signOfLife;
    this.evidenceLog = evidenceLog;
    this.clock = clock;
    this.startedAt = now();
    new ServerEvent.ServerStarted(signOfLife.last().orElse(null))
        .record(evidenceLog, EvidenceLog.PGPROOF);
  }

  /**
   * Gives a sign of life; called at the start and then each minute.
   *
   * @throws UncheckedIOException when it cannot be written; an outage then seems to begin earlier
   */
  void keep() {
    try {
      signOfLife.write(now());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the state directory cannot be written, free space there and mend its permissions: " + e,
          e);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Records the stop; without the database it will look like a crash. */
  @Override
  public void close() {
    try {
      new ServerEvent.ServerStopped(startedAt).record(evidenceLog, EvidenceLog.PGPROOF);
    } catch (RuntimeException e) {
      FailureLog.log(LOG, "the stop of the server could not be recorded", e);
    }
  }
}
