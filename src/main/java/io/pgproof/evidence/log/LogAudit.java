package io.pgproof.evidence.log;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a verification of the evidence log found.
 *
 * @param log name of the log; null if nothing names it
 * @param keys verifier keys that the checkpoints were verified with
 * @param positions number of positions that were looked at
 * @param checkpoints number of checkpoints whose signature and root are right
 * @param lost positions whose entries the database has lost
 * @param removed positions whose entries were removed after their time
 * @param removals the entries that name them
 * @param waiting entries that are not in the log yet
 * @param anchors when the log was last anchored in each way, one line each
 * @param found number of problems
 * @param losses how many of the problems are about lost entries
 * @param problems the first of them, one line each
 */
public record LogAudit(
    @Nullable String log,
    List<String> keys,
    long positions,
    long checkpoints,
    long lost,
    long removed,
    List<Removal> removals,
    long waiting,
    List<String> anchors,
    long found,
    long losses,
    List<String> problems) {
  public LogAudit {
    keys = List.copyOf(keys);
    anchors = List.copyOf(anchors);
    problems = List.copyOf(problems);
    removals = List.copyOf(removals);
  }

  /**
   * An entry that says what was removed.
   *
   * @param position of this entry
   * @param entries how many it names
   * @param runs how many runs they are about
   * @param before all of them were recorded before this time
   * @param exportSha256 of an export that has them
   */
  public record Removal(
      long position,
      Instant at,
      String by,
      long entries,
      long runs,
      Instant before,
      String exportSha256) {}

  /** Returns whether all that is there fits, even if entries were lost before. */
  public boolean fits() {
    return found == losses;
  }

  /** Returns whether nothing is wrong. */
  public boolean isSound() {
    return found == 0;
  }
}
