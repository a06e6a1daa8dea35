package io.pgproof.evidence;

import io.pgproof.proof.Report.PhaseFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures how long each phase of a run takes; the time since the last change of phase counts for
 * the phase that ends.
 */
final class PhaseClock {
  private static final String RESTORE = "restore";

  /** Waiting for a container slot; it takes time but is not one of the phases in a report. */
  private static final String WAIT = "wait";

  private static final Set<String> BEFORE_THE_STAY = Set.of("inspect", "image", WAIT);
  private static final Set<String> OF_THE_RESTORE = Set.of(RESTORE, "start", "recover");

  private final Map<String, Duration> phases = new LinkedHashMap<>();
  private String phase = "inspect";
  private Instant changedAt;
  private Duration earlierAttempts = Duration.ZERO;

  PhaseClock(Instant startedAt) {
    this.changedAt = startedAt;
  }

  /** Begins to measure at this time. */
  void start(Instant at) {
    changedAt = at;
  }

  void enter(Instant at, String next) {
    Duration took = Duration.between(changedAt, at);
    phases.merge(phase, took.isNegative() ? Duration.ZERO : took, Duration::plus);
    phase = next;
    changedAt = at;
  }

  void enterWait(Instant at) {
    enter(at, WAIT);
  }

  /** Begins the restore of an attempt; it does not take the time of earlier attempts. */
  void enterAttempt(Instant at, int attempt) {
    enter(at, RESTORE);
    if (attempt > 1) {
      earlierAttempts = allRestores();
    }
  }

  /** Begins what follows a finding, which is the teardown if there is anything to tear down. */
  void enterAfterFinding(Instant at) {
    enter(at, BEFORE_THE_STAY.contains(phase) ? phase : "teardown");
  }

  boolean isIn(String name) {
    return phase.equals(name);
  }

  /** Returns when the last phase began. */
  Instant changedAt() {
    return changedAt;
  }

  /** Returns the time of restore, start and recovery in the last attempt. */
  Duration restoreTime() {
    return allRestores().minus(earlierAttempts);
  }

  private Duration allRestores() {
    return phases.entrySet().stream()
        .filter(each -> OF_THE_RESTORE.contains(each.getKey()))
        .map(Map.Entry::getValue)
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Returns the phases of a report, in the order in which they ended first. */
  List<PhaseFacts> facts() {
    return phases.entrySet().stream()
        .filter(each -> !each.getKey().equals(WAIT))
        .map(each -> new PhaseFacts(each.getKey(), each.getValue().toMillis()))
        .toList();
  }

  /** Returns the time of all phases and of the wait. */
  Duration total() {
    return phases.values().stream().reduce(Duration.ZERO, Duration::plus);
  }
}
