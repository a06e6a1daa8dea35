package io.pgproof.evidence.retention;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Launcher;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.tlog.LogDamagedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes the evidence that is older than the configuration says. */
public final class ExpiredEvidence {
  private static final Logger LOG = LoggerFactory.getLogger(ExpiredEvidence.class);
  private static final Duration ONCE_IN = Duration.ofDays(1);

  private final EvidenceRetention retention;
  private final CurrentConfiguration configuration;
  private final Clock clock;
  private Instant last = Instant.EPOCH;
  private String toldDamage = "";
  private Instant told = Instant.EPOCH;

  public ExpiredEvidence(
      EvidenceRetention retention, CurrentConfiguration configuration, Clock clock) {
    this.retention = retention;
    this.configuration = configuration;
    this.clock = clock;
  }

  /**
   * Removes what has expired, once a day at most. Says in the log what was removed, and since when
   * evidence stays only because no export has it. While the log is damaged, each call tries again,
   * and says so once a day and when the damage changes.
   */
  public synchronized void remove() {
    Instant now = clock.instant();
    Optional<Duration> kept = configuration.get().evidenceRetention();
    if (kept.isEmpty() || now.isBefore(last.plus(ONCE_IN))) {
      return;
    }
    Instant before = now.minus(kept.get());
    try {
      EvidenceRetention.Result result = retention.remove(before, EvidenceLog.PGPROOF);
      last = now;
      toldDamage = "";
      if (result.entries() > 0) {
        LOG.info(
            "{} entries of the evidence from before {} were removed",
            result.entries(),
            HumanFormat.time(result.before()));
      }
      retention
          .oldestNotExported(before)
          .ifPresent(
              oldest ->
                  LOG.warn(
                      "evidence since {} is past evidence-retention and stays, because no recorded export has it;"
                          + " run {} audit export FILE, and keep the file",
                      HumanFormat.time(oldest),
                      Launcher.COMMAND));
    } catch (LogDamagedException e) {
      tellDamage(String.valueOf(e.getMessage()), now);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void tellDamage(String damage, Instant now) {
    if (damage.equals(toldDamage) && now.isBefore(told.plus(ONCE_IN))) {
      return;
    }
    toldDamage = damage;
    told = now;
    LOG.warn(
        "no evidence is removed while the log is damaged, see {} audit verify: {}",
        Launcher.COMMAND,
        damage);
  }
}
