package io.pgproof.evidence.report;

import io.pgproof.evidence.AnchorHistory.Anchored;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.evidence.report.ComplianceReport.AnchorFigures;
import io.pgproof.evidence.report.ComplianceReport.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sums up where the evidence log was anchored in a period. */
final class AnchorTally {
  private AnchorTally() {}

  /**
   * Returns the figures of each way and place, in the order of their names.
   *
   * @param anchors those of the period, in their order
   */
  static List<AnchorFigures> of(List<Anchored> anchors, Span period) {
    Map<String, List<Anchored>> places = new TreeMap<>();
    for (Anchored anchor : anchors) {
      places
          .computeIfAbsent(
              anchor.event().way() + " " + anchor.event().where(), place -> new ArrayList<>())
          .add(anchor);
    }
    return places.values().stream().map(place -> figures(place, period)).toList();
  }

  private static AnchorFigures figures(List<Anchored> place, Span period) {
    LogAnchored last = place.get(place.size() - 1).event();
    Duration gap = Duration.ZERO;
    Instant before = period.begin();
    for (Anchored anchor : place) {
      gap = longer(gap, before, anchor.at());
      before = anchor.at();
    }
    return new AnchorFigures(
        last.way(),
        last.where(),
        place.size(),
        place.get(0).at(),
        before,
        longer(gap, before, period.end()).toSeconds(),
        last.size());
  }

  private static Duration longer(Duration gap, Instant from, Instant until) {
    Duration next = Duration.between(from, until);
    return next.compareTo(gap) > 0 ? next : gap;
  }
}
