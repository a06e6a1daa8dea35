package io.pgproof.web.view;

import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.runs.RunFilter;
import io.pgproof.evidence.runs.RunIndex;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Reads one target. */
public final class TargetLookup {
  private static final int LATEST = 15;

  private final TargetList targetList;
  private final RunIndex runIndex;
  private final RetentionScan retentionScan;
  private final TargetControls targetControls;
  private final LastControls lastControls;
  private final Clock clock;

  TargetLookup(
      TargetList targetList,
      RunIndex runIndex,
      RetentionScan retentionScan,
      TargetControls targetControls,
      LastControls lastControls,
      Clock clock) {
    this.targetList = targetList;
    this.runIndex = runIndex;
    this.retentionScan = retentionScan;
    this.targetControls = targetControls;
    this.lastControls = lastControls;
    this.clock = clock;
  }

  /**
   * Returns the target; empty if it is neither configured nor was ever verified.
   *
   * @param period how far back its runs are shown
   */
  public Optional<TargetDetails> find(String name, Duration period) {
    return targetList.find(name).map(status -> details(status, period));
  }

  private TargetDetails details(TargetStatus status, Duration period) {
    Instant now = clock.instant();
    Instant from = now.minus(period);
    return new TargetDetails(
        status,
        from,
        now,
        runIndex.ended(status.name(), from, now, RunIndex.MOST),
        runIndex.waivers(status.name(), from, now),
        runIndex.list(RunFilter.ALL.withTarget(status.name()), Optional.empty(), LATEST).runs(),
        status.target().map(retentionScan::of),
        targetControls.latest(status.name(), 1).stream().findFirst(),
        lastControls.of(status.name()));
  }
}
