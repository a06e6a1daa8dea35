package io.pgproof.evidence;

import io.pgproof.proof.Report.CheckFacts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checks of a run in the order in which they were first reported; reports of several steps
 * about the same check are merged into one.
 */
final class CheckList {
  private static final List<String> GRAVEST_FIRST =
      List.of("failed", "skipped", "mismatch", "passed");

  private final Map<String, CheckFacts> byName = new LinkedHashMap<>();

  void add(List<CheckFacts> told) {
    told.forEach(check -> byName.merge(check.name(), check, CheckList::both));
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  void clear() {
    byName.clear();
  }

  List<CheckFacts> all() {
    return List.copyOf(byName.values());
  }

  /** Merges two reports of one check: keeps the more severe outcome and all messages. */
  private static CheckFacts both(CheckFacts one, CheckFacts other) {
    if (one.equals(other)) {
      return one;
    }
    CheckFacts worse =
        GRAVEST_FIRST.indexOf(other.outcome()) < GRAVEST_FIRST.indexOf(one.outcome()) ? other : one;
    return new CheckFacts(
        one.name(),
        worse.outcome(),
        one.detail() + "; " + other.detail(),
        one.millis() + other.millis(),
        worse.inapplicable());
  }
}
