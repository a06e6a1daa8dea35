package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.HumanFormat;
import java.util.Comparator;
import java.util.List;

/** Describes the runs that joined an open task to the person who decides it. */
final class JoinedRuns {
  private JoinedRuns() {}

  /**
   * Returns how many there are, the newest, and the worst if that is another.
   *
   * @param joined entries of {@link Evidence.RunJoined}, the oldest first; at least one
   */
  static String describe(List<EvidenceEntry> joined) {
    EvidenceEntry newest = joined.get(joined.size() - 1);
    EvidenceEntry worst =
        joined.stream()
            .max(
                Comparator.comparing((EvidenceEntry evidenceEntry) -> run(evidenceEntry).verdict())
                    .thenComparing(EvidenceEntry::id))
            .orElseThrow();
    return joined.size()
        + (joined.size() == 1 ? " run" : " runs")
        + "\nthe newest: "
        + describe(newest)
        + (run(worst).verdict().isGraverThan(run(newest).verdict())
            ? "\nthe worst: " + describe(worst)
            : "");
  }

  private static String describe(EvidenceEntry evidenceEntry) {
    Evidence.RunJoined run = run(evidenceEntry);
    return run.run()
        + ", "
        + run.verdict().word()
        + " ("
        + run.reason().code()
        + "), joined "
        + HumanFormat.time(evidenceEntry.at());
  }

  private static Evidence.RunJoined run(EvidenceEntry evidenceEntry) {
    return (Evidence.RunJoined) Evidence.read(evidenceEntry);
  }
}
