package io.pgproof.web.view;

import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.evidence.runs.TargetOverview;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Target;
import io.pgproof.workflow.engine.OpenIncidents.Standstill;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a target stands.
 *
 * @param target empty if it has left the configuration
 * @param overview empty if it never had a verdict
 * @param underWay its runs without a verdict
 * @param tasks the open tasks about it, the one that waits longest first
 * @param incidents what stands still, the oldest first
 */
public record TargetStatus(
    String name,
    Optional<Target> target,
    Optional<TargetOverview> overview,
    List<RunId> underWay,
    List<OpenTask> tasks,
    List<Standstill> incidents) {

  public TargetStatus {
    underWay = List.copyOf(underWay);
    tasks = List.copyOf(tasks);
    incidents = List.copyOf(incidents);
  }

  /** Returns the last verdict; empty if there never was one. */
  public Optional<Verdict> verdict() {
    return overview
        .map(TargetOverview::last)
        .flatMap(RunSummary::outcome)
        .map(RunSummary.Outcome::verdict);
  }

  /** Returns when the target is verified next by its schedule. */
  public Optional<Instant> nextDue(Instant now) {
    return target
        .flatMap(configured -> configured.plan().schedule())
        .map(schedule -> schedule.nextAfter(now));
  }

  /** Returns when a negative control of the target is due next by its schedule. */
  public Optional<Instant> nextControlDue(Instant now) {
    return target
        .flatMap(configured -> configured.plan().controlSchedule())
        .map(schedule -> schedule.nextAfter(now));
  }

  /** Returns whether the target is configured and its last verdict is not {@code proven}. */
  public boolean isUnproven() {
    return target.isPresent() && !verdict().equals(Optional.of(Verdict.PROVEN));
  }
}
