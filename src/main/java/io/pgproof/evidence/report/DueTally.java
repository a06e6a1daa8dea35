package io.pgproof.evidence.report;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.report.ComplianceReport.DueFigures;
import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.Span;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.RunId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reads which due times of the schedules were kept and which were missed.
 *
 * <p>A due time that was kept counts if it lies in the period. Due times that were missed count all
 * together if any part of the time from the first of them until pgproof noticed it lies in the
 * period, so that no outage is lost at the border of two periods.
 */
final class DueTally {
  private static final int PAGE = 1_000;

  private final EvidenceLog evidenceLog;
  private final RunIndex runIndex;
  private final Span period;
  private final Map<String, Integer> onTime = new HashMap<>();
  private final Map<String, List<Gap>> gaps = new HashMap<>();

  private DueTally(EvidenceLog evidenceLog, RunIndex runIndex, Span period) {
    this.evidenceLog = evidenceLog;
    this.runIndex = runIndex;
    this.period = period;
  }

  /** Returns the figures by the name of the target; a target without due times has none. */
  static Map<String, DueFigures> read(EvidenceLog evidenceLog, RunIndex runIndex, Span period) {
    DueTally tally = new DueTally(evidenceLog, runIndex, period);
    tally.readAll(Evidence.kind(Evidence.Due.class));
    tally.readAll(Evidence.kind(Evidence.DuePassedOver.class));
    Map<String, DueFigures> figures = new HashMap<>();
    tally.onTime.forEach(
        (target, times) -> figures.put(target, new DueFigures(times, 0, List.of())));
    tally.gaps.forEach(
        (target, missed) ->
            figures.put(
                target,
                new DueFigures(
                    tally.onTime.getOrDefault(target, 0),
                    missed.stream().mapToInt(Gap::times).sum(),
                    missed.stream().sorted(Comparator.comparing(Gap::since)).toList())));
    return figures;
  }

  /**
   * Reads the entries of a kind, in pages. Ids follow the order of writing, so the time of an entry
   * can be earlier than that of the one before it, if the clock was set back.
   */
  private void readAll(String kind) {
    long last = 0;
    List<EvidenceEntry> page;
    do {
      page = evidenceLog.after(last, kind, period.begin(), PAGE);
      Map<RunId, String> targets =
          runIndex.targets(page.stream().map(EvidenceEntry::run).collect(Collectors.toSet()));
      for (EvidenceEntry entry : page) {
        String target = targets.get(entry.run());
        if (target != null) {
          count(target, entry);
        }
        last = entry.id();
      }
    } while (page.size() == PAGE);
  }

  private void count(String target, EvidenceEntry entry) {
    Evidence evidence = Evidence.read(entry);
    if (evidence instanceof Evidence.DuePassedOver passed) {
      miss(target, entry, new Gap(entry.run().value(), passed.since(), passed.times(), null));
    } else if (evidence instanceof Evidence.Due due && due.missed()) {
      miss(
          target,
          entry,
          new Gap(entry.run().value(), due.since(), due.times(), due.late().toSeconds()));
    } else if (evidence instanceof Evidence.Due due && period.contains(due.since())) {
      onTime.merge(target, 1, Integer::sum);
    }
  }

  private void miss(String target, EvidenceEntry entry, Gap gap) {
    if (gap.since().isBefore(period.end()) && !entry.at().isBefore(period.begin())) {
      gaps.computeIfAbsent(target, name -> new ArrayList<>()).add(gap);
    }
  }
}
