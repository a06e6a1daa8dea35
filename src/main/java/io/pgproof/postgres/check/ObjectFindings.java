package io.pgproof.postgres.check;

import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The findings of one check about single objects, by reason. The first is described in full, 20 are
 * listed, and all are counted. Thread-safe.
 */
final class ObjectFindings {
  private static final int MOST_LISTED = 20;

  private static final class Kind {
    private final Finding first;
    private final List<String> lines = new ArrayList<>();
    private int count;

    Kind(Finding first) {
      this.first = first;
    }

    Finding finding() {
      String more =
          count == 1 ? "" : String.format(Locale.ROOT, ", and %,d more like it", count - 1);
      String unlisted =
          count > lines.size()
              ? String.format(Locale.ROOT, "\nand %,d more", count - lines.size())
              : "";
      String words = lines.isEmpty() ? null : String.join("\n", lines) + unlisted;
      return new Finding(first.reason(), first.message() + more, first.hint(), words);
    }
  }

  private final Map<Reason, Kind> kinds = new LinkedHashMap<>();

  /**
   * @param finding about one object, which its message names
   */
  synchronized void add(Finding finding) {
    Kind kind = kinds.computeIfAbsent(finding.reason(), reason -> new Kind(finding));
    kind.count++;
    if (finding.words() != null && kind.lines.size() < MOST_LISTED) {
      kind.lines.add(finding.words());
    }
  }

  /** Returns one finding for each reason, in the order of first occurrence. */
  synchronized List<Finding> findings() {
    return kinds.values().stream().map(Kind::finding).toList();
  }

  synchronized boolean has(Reason reason) {
    return kinds.containsKey(reason);
  }

  /** Returns the number of findings about the backup itself; empty if there are none. */
  synchronized Optional<Integer> refuting() {
    int count =
        kinds.values().stream()
            .filter(kind -> kind.first.refutes())
            .mapToInt(kind -> kind.count)
            .sum();
    return count == 0 ? Optional.empty() : Optional.of(count);
  }

  synchronized boolean none() {
    return kinds.isEmpty();
  }
}
