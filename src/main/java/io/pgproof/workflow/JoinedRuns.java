package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import java.util.Comparator;
import java.util.List;

/** The runs that joined an open task, in words for whoever decides it. */
final class JoinedRuns {
  private static final List<String> FROM_BAD_TO_WORSE = List.of("proven", "stale", "inconclusive", "refuted");

  private JoinedRuns() {}

  static boolean isWorse(String verdict, String than) {
    return FROM_BAD_TO_WORSE.indexOf(verdict) > FROM_BAD_TO_WORSE.indexOf(than);
  }

  /**
   * How many there are, the newest, and the worst where that is another.
   *
   * @param joined entries of {@link Evidence.RunJoined}, the oldest first; at least one
   */
  static String words(List<Entry> joined) {
    Entry newest = joined.get(joined.size() - 1);
    Entry worst = joined.stream()
        .max(Comparator.comparing((Entry entry) -> FROM_BAD_TO_WORSE.indexOf(run(entry).verdict())).thenComparing(Entry::id))
        .orElseThrow();
    return joined.size() + (joined.size() == 1 ? " run" : " runs") + "\nthe newest: " + words(newest)
        + (isWorse(run(worst).verdict(), run(newest).verdict()) ? "\nthe worst: " + words(worst) : "");
  }

  private static String words(Entry entry) {
    Evidence.RunJoined run = run(entry);
    return run.run() + ", " + run.verdict() + " (" + run.reason() + "), joined " + Words.time(entry.at());
  }

  private static Evidence.RunJoined run(Entry entry) {
    return (Evidence.RunJoined) Evidence.read(entry);
  }
}
