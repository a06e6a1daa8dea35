package io.pgproof.evidence.runs;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the due times that were missed since the first run. It reads the evidence of each only
 * once, so the first call takes long when there are many runs. Not thread-safe.
 */
public final class MissedDueTimes {
  /**
   * A transaction that added an entry has ended by then, so none with a lower number comes later.
   */
  private static final Duration SETTLED_AFTER = Duration.ofMinutes(1);

  private static final int PAGE = 1_000;
  private static final List<String> KINDS =
      List.of(Evidence.kind(Evidence.Due.class), Evidence.kind(Evidence.DuePassedOver.class));

  private final EvidenceLog evidenceLog;
  private final RunIndex runs;
  private final Clock clock;
  private final Map<String, Long> read = new HashMap<>();
  private final Map<String, Long> counts = new HashMap<>();

  /** Whether the counts have those of runs whose evidence was removed before this process began. */
  private boolean removedRead;

  public MissedDueTimes(EvidenceLog evidenceLog, RunIndex runs, Clock clock) {
    this.evidenceLog = evidenceLog;
    this.runs = runs;
    this.clock = clock;
  }

  /**
   * Returns by the name of the target how often due times passed without a run of their own in
   * time. Those of the last minute are not yet counted.
   */
  public Map<String, Long> counts() {
    if (!removedRead) {
      runs.missedOfRemoved().forEach((target, times) -> counts.merge(target, times, Long::sum));
      removedRead = true;
    }
    Instant settled = clock.instant().minus(SETTLED_AFTER);
    for (String kind : KINDS) {
      long last = evidenceLog.lastBefore(settled, kind, read(kind));
      while (readPage(kind, last)) {
        // The next page follows.
      }
    }
    return Map.copyOf(counts);
  }

  /** Returns the id of the last entry of this kind that was read. */
  private long read(String kind) {
    return read.getOrDefault(kind, 0L);
  }

  /**
   * Reads the next entries.
   *
   * @param last id of the last one that may be read
   * @return whether there may be another page
   */
  private boolean readPage(String kind, long last) {
    List<EvidenceEntry> page =
        evidenceLog.after(read(kind), kind, PAGE).stream()
            .takeWhile(entry -> entry.id() <= last)
            .toList();
    Map<RunId, Integer> missed = new HashMap<>();
    page.forEach(entry -> missed.merge(entry.run(), missed(entry), Integer::sum));
    missed.values().removeIf(times -> times == 0);
    runs.targets(missed.keySet())
        .forEach(
            (run, target) -> counts.merge(target, (long) missed.getOrDefault(run, 0), Long::sum));
    if (!page.isEmpty()) {
      read.put(kind, page.get(page.size() - 1).id());
    }
    return page.size() == PAGE;
  }

  private static int missed(EvidenceEntry entry) {
    Evidence evidence = Evidence.read(entry);
    if (evidence instanceof Evidence.Due due) {
      return due.missed() ? due.times() : 0;
    }
    return ((Evidence.DuePassedOver) evidence).times();
  }
}
