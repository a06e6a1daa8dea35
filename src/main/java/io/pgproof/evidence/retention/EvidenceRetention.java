package io.pgproof.evidence.retention;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.log.LogRemoval;
import io.pgproof.evidence.retention.RemovableEntries.Batch;
import io.pgproof.evidence.retention.RemovableEntries.Limits;
import io.pgproof.target.Configuration;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Removes evidence whose time is over: only what an export has that was verified and recorded, and
 * nothing that is still needed. One removal at a time.
 */
public final class EvidenceRetention {
  private static final Duration LEAST = Configuration.LEAST_EVIDENCE_RETENTION;

  private static final int RUNS_AT_ONCE = 500;
  private static final int EVENTS_AT_ONCE = 20_000;

  private final RemovableEntries removable;
  private final LogRemoval removal;
  private final Clock clock;

  public EvidenceRetention(
      DataSource database, EvidenceLog evidenceLog, LogRemoval removal, Clock clock) {
    this.removable = new RemovableEntries(database, evidenceLog);
    this.removal = removal;
    this.clock = clock;
  }

  /**
   * What was removed, or would be.
   *
   * @param before all of it was recorded before this time
   * @param export the export that has it; empty if there was never one, so that nothing may go
   */
  public record Result(
      Instant before, long runs, long entries, Optional<LogRemoval.Export> export) {}

  /**
   * Removes all evidence that may go.
   *
   * @param before the time before which all of it was recorded
   * @param by who removes it
   * @throws IllegalArgumentException when evidence from before that time may be younger than {@link
   *     Configuration#LEAST_EVIDENCE_RETENTION}
   * @throws io.pgproof.tlog.LogDamagedException when the log takes no entries, or an entry is not
   *     what was recorded
   */
  public synchronized Result remove(Instant before, String by) throws IOException {
    removal.finish();
    return pass(
        before, (earlier, positions, export) -> removal.remove(earlier, positions, export, by));
  }

  /** Returns what {@link #remove} would remove. */
  public synchronized Result plan(Instant before) throws IOException {
    return pass(before, (earlier, positions, export) -> {});
  }

  /**
   * Returns when the oldest entry that no recorded export has was recorded, if that was before this
   * time.
   */
  Optional<Instant> oldestNotExported(Instant before) {
    long exported = removal.export().map(LogRemoval.Export::positions).orElse(0L);
    return removable.recordedFrom(exported).filter(recorded -> recorded.isBefore(before));
  }

  /** Finishes what was interrupted. */
  public synchronized void finish() throws IOException {
    removal.finish();
  }

  private interface Step {
    void take(Instant before, List<Long> positions, LogRemoval.Export export) throws IOException;
  }

  private Result pass(Instant before, Step step) throws IOException {
    Instant now = clock.instant();
    if (before.isAfter(now.minus(LEAST))) {
      throw new IllegalArgumentException(
          "evidence is kept for at least " + LEAST.toDays() + " days");
    }
    Optional<LogRemoval.Export> export = removal.export();
    if (export.isEmpty() || !removable.engineExists()) {
      return new Result(before, 0, 0, export);
    }
    Instant earlier = removable.beforeReviews(before, now);
    Limits limits = removable.limits(earlier, export.get().positions(), now);
    long runs = 0;
    long entries = 0;
    for (String beginning : RemovableEntries.beginnings()) {
      Batch batch = removable.runs(limits, beginning, 0, RUNS_AT_ONCE);
      while (batch.next() < Long.MAX_VALUE) {
        if (!batch.positions().isEmpty()) {
          step.take(earlier, batch.positions(), export.get());
          runs += batch.runs();
          entries += batch.positions().size();
        }
        batch = removable.runs(limits, beginning, batch.next(), RUNS_AT_ONCE);
      }
    }
    List<Long> events = removable.events(limits, -1, EVENTS_AT_ONCE);
    while (!events.isEmpty()) {
      step.take(earlier, events, export.get());
      entries += events.size();
      events = removable.events(limits, events.get(events.size() - 1), EVENTS_AT_ONCE);
    }
    return new Result(earlier, runs, entries, export);
  }
}
