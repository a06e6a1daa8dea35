package io.pgproof.evidence.report;

import io.pgproof.evidence.report.ComplianceReport.RunFacts;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * The runs of a report, which are too many to be kept: each iteration reads them again, one target
 * at a time.
 */
final class RunsOfTargets implements Iterable<RunFacts> {
  private final List<String> targets;
  private final Function<String, List<RunFacts>> ofTarget;

  RunsOfTargets(List<String> targets, Function<String, List<RunFacts>> ofTarget) {
    this.targets = targets;
    this.ofTarget = ofTarget;
  }

  @Override
  public Iterator<RunFacts> iterator() {
    return targets.stream().map(ofTarget).flatMap(Collection::stream).iterator();
  }
}
