package io.pgproof.damage;

import io.pgproof.damage.DamagedBackup.Listing;
import io.pgproof.proof.Depth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One kind of damage, and what a verification must make of it.
 *
 * @param what in words, as the table in {@code docs/faults.md} has it
 * @param listing what becomes of the manifest
 * @param depth of the verification
 * @param majors versions of PostgreSQL on whose backups it is tried
 * @param verdict of the whole program
 * @param reasons any of them
 * @param by the check that fails, and empty where none does; of a backup that is proven all the
 *     same, the beginning of what the report says was not checked
 * @param act does it
 */
record Damage(
    String what,
    Listing listing,
    Depth depth,
    Set<Integer> majors,
    String verdict,
    Set<String> reasons,
    String by,
    Act act) {
  /** How a sound backup is damaged. */
  interface Act {
    void on(DamagedBackup backup, Scene scene);
  }

  Damage {
    majors = new TreeSet<>(majors);
    reasons = new TreeSet<>(reasons);
  }

  Damage alsoOn(Integer... others) {
    Set<Integer> all = new TreeSet<>(majors);
    all.addAll(List.of(others));
    return new Damage(what, listing, depth, all, verdict, reasons, by, act);
  }

  @Override
  public String toString() {
    return what + " (manifest " + word(listing) + ", " + word(depth) + ")";
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private boolean isAsGoodAs(Damage other) {
    return what.equals(other.what) && depth == other.depth && outcome().equals(other.outcome());
  }

  private String outcome() {
    String how =
        verdict.equals("proven")
            ? "not checked: " + by + " …"
            : by.isEmpty() ? "none" : "`" + by + "`";
    String why =
        reasons.stream().map(reason -> "`" + reason + "`").collect(Collectors.joining(" or "));
    return word(depth) + " | " + verdict + " | " + why + " | " + how + " |";
  }

  /**
   * Kinds of damage as a table of Markdown, a line each; those that differ by the manifest alone
   * share one.
   */
  static List<String> table(List<Damage> all) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "| damage | manifest | PostgreSQL | depth | verdict | reason | check that catches it |",
                "|---|---|---|---|---|---|---|"));
    List<Damage> left = new ArrayList<>(all);
    while (!left.isEmpty()) {
      Damage first = left.get(0);
      List<Damage> alike = left.stream().filter(first::isAsGoodAs).toList();
      String manifests =
          alike.stream().map(damage -> word(damage.listing)).collect(Collectors.joining(", "));
      String majors =
          alike.stream()
              .flatMap(damage -> damage.majors.stream())
              .distinct()
              .sorted()
              .map(String::valueOf)
              .collect(Collectors.joining(", "));
      lines.add("| " + first.what + " | " + manifests + " | " + majors + " | " + first.outcome());
      left.removeIf(first::isAsGoodAs);
    }
    return lines;
  }
}
