package io.pgproof.evidence.report;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.report.ComplianceReport.DueFigures;
import io.pgproof.evidence.report.ComplianceReport.Gap;
import io.pgproof.evidence.report.ComplianceReport.Span;
import io.pgproof.evidence.runs.DueRun;
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
  private static final String PASSED_OVER = Evidence.kind(Evidence.DuePassedOver.class);
  private static final int PAGE = 1_000;

  private final RunIndex runIndex;
  private final Span period;
  private final Outages outages;
  private final Map<String, List<Gap>> passedOver;

  private DueTally(
      RunIndex runIndex, Span period, Outages outages, Map<String, List<Gap>> passedOver) {
    this.runIndex = runIndex;
    this.period = period;
    this.outages = outages;
    this.passedOver = passedOver;
  }

  /** Reads the due times for which no run was begun; those with a run are read target by target. */
  static DueTally read(EvidenceLog evidenceLog, RunIndex runIndex, Span period, Outages outages) {
    Map<String, List<Gap>> passedOver = new HashMap<>();
    long last = 0;
    List<EvidenceEntry> page;
    do {
      page = evidenceLog.after(last, PASSED_OVER, period.begin(), PAGE);
      Map<RunId, String> targets =
          runIndex.targets(page.stream().map(EvidenceEntry::run).collect(Collectors.toSet()));
      for (EvidenceEntry entry : page) {
        String target = targets.get(entry.run());
        Evidence.DuePassedOver passed = (Evidence.DuePassedOver) Evidence.read(entry);
        if (target != null && passed.since().isBefore(period.end())) {
          passedOver
              .computeIfAbsent(target, name -> new ArrayList<>())
              .add(
                  new Gap(
                      entry.run().value(),
                      passed.since(),
                      passed.times(),
                      null,
                      outages.at(passed.since())));
        }
        last = entry.id();
      }
    } while (page.size() == PAGE);
    return new DueTally(runIndex, period, outages, passedOver);
  }

  /** Returns the figures of a target. */
  DueFigures of(String target) {
    List<Gap> gaps = new ArrayList<>();
    for (DueRun due : runIndex.dueMissed(target, period.begin(), period.end())) {
      gaps.add(
          new Gap(
              due.run().value(),
              due.since(),
              due.times(),
              due.lateSeconds(),
              outages.at(due.since())));
    }
    gaps.addAll(passedOver.getOrDefault(target, List.of()));
    gaps.sort(Comparator.comparing(Gap::since));
    return new DueFigures(
        runIndex.dueOnTime(target, period.begin(), period.end()),
        gaps.stream().mapToInt(Gap::times).sum(),
        gaps);
  }
}
