package io.pgproof.evidence;

import io.pgproof.proof.Check;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checks of a run in the order in which they were first reported; reports of several steps
 * about the same check are merged into one.
 */
final class CheckList {
  private final Map<String, Check> byName = new LinkedHashMap<>();

  void add(List<Check> reported) {
    reported.forEach(
        check ->
            byName.merge(
                check.name(), check, (one, other) -> one.equals(other) ? one : one.and(other)));
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  void clear() {
    byName.clear();
  }

  List<Check> all() {
    return List.copyOf(byName.values());
  }
}
