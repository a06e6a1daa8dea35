package io.pgproof.evidence.report;

import io.pgproof.evidence.ServerEvent.ServerStarted;
import io.pgproof.evidence.ServerHistory.StartOrStop;
import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.Outage;
import io.pgproof.evidence.report.ComplianceReport.ServerFigures;
import io.pgproof.evidence.report.ComplianceReport.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a period in which no server kept the schedules, as its starts and stops tell.
 *
 * @param knownSince the first start that was recorded; {@code null} without one
 * @param all those that are known, oldest first; due times of a period can be missed because of one
 *     that ended right before it
 */
record Outages(@Nullable Instant knownSince, List<Down> all, Span period) {
  /** A server that has given no sign of life for this long is down. */
  private static final Duration SILENT = Duration.ofMinutes(3);

  /** A run begins within a minute after it was due. */
  private static final Duration BEFORE = Duration.ofMinutes(1);

  /**
   * @param until {@code null} if it lasts
   * @param planned whether the server was stopped as it should
   */
  record Down(Instant from, @Nullable Instant until, boolean planned) {
    boolean contains(Instant due) {
      boolean ended = until != null && !due.isBefore(until);
      return !due.isBefore(from.minus(BEFORE)) && !ended;
    }
  }

  /**
   * Computes the outages.
   *
   * @param events all starts and stops, in order
   * @param lastAlive the last sign of life
   * @param now when the report is made
   */
  static Outages of(
      List<StartOrStop> events, Optional<Instant> lastAlive, Instant now, Span period) {
    List<Down> all = new ArrayList<>();
    StartOrStop before = null;
    for (StartOrStop event : events) {
      if (before != null && event.event() instanceof ServerStarted started) {
        all.add(down(before, started.lastAlive(), event.at()));
      }
      before = event;
    }
    if (before != null
        && (!(before.event() instanceof ServerStarted)
            || lastAlive.filter(alive -> alive.plus(SILENT).isBefore(now)).isPresent())) {
      all.add(down(before, lastAlive.orElse(null), null));
    }
    return new Outages(events.isEmpty() ? null : events.get(0).at(), all, period);
  }

  /**
   * Returns the time after an event.
   *
   * @param lastAlive what was known later of the last sign of life
   */
  private static Down down(
      StartOrStop before, @Nullable Instant lastAlive, @Nullable Instant until) {
    boolean planned = !(before.event() instanceof ServerStarted);
    Instant from = before.at();
    if (!planned && lastAlive != null && lastAlive.isAfter(from)) {
      from = lastAlive;
    }
    if (until != null && until.isBefore(from)) {
      // The clock was set back meanwhile, so how long it took is not known.
      from = until;
    }
    return new Down(from, until, planned);
  }

  private static boolean reachesInto(Down down, Span period) {
    boolean before = down.until() != null && !down.until().isAfter(period.begin());
    return down.from().isBefore(period.end()) && !before;
  }

  /** Returns whether the server was down at a due time; {@code null} if that is not known. */
  @Nullable Boolean at(Instant due) {
    if (knownSince == null || due.isBefore(knownSince)) {
      return null;
    }
    return all.stream().anyMatch(down -> down.contains(due));
  }

  /**
   * Returns the figures.
   *
   * @param gaps due times of all targets that were missed
   */
  ServerFigures figures(Collection<Gap> gaps) {
    Map<Down, Integer> missed = new HashMap<>();
    for (Gap gap : gaps) {
      // A due time right after the end of one outage can be right before the next.
      all.stream()
          .filter(down -> down.contains(gap.since()))
          .findFirst()
          .ifPresent(down -> missed.merge(down, gap.times(), Integer::sum));
    }
    List<Outage> outages =
        all.stream()
            .filter(down -> reachesInto(down, period))
            .map(down -> outage(down, missed.getOrDefault(down, 0)))
            .toList();
    return new ServerFigures(
        knownSince,
        outages.stream().mapToLong(Outage::seconds).sum(),
        gaps.stream()
            .filter(gap -> Boolean.TRUE.equals(gap.serverDown()))
            .mapToInt(Gap::times)
            .sum(),
        outages);
  }

  private Outage outage(Down down, int dueTimesMissed) {
    Instant from = down.from().isBefore(period.begin()) ? period.begin() : down.from();
    Instant until =
        down.until() == null || down.until().isAfter(period.end()) ? period.end() : down.until();
    return new Outage(
        down.from(),
        down.until(),
        down.planned(),
        Duration.between(from, until).toSeconds(),
        dueTimesMissed);
  }
}
