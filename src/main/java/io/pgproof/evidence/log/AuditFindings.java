package io.pgproof.evidence.log;

import io.pgproof.tlog.Checkpoint;
import io.pgproof.tlog.GrowingTree;
import io.pgproof.tlog.LogDamagedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Collects what is wrong with a log while its leaves and checkpoints come in their order. */
final class AuditFindings {
  private static final int MOST_PROBLEMS = 100;

  private final GrowingTree tree = new GrowingTree();
  private final List<String> ofPositions = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private List<LogKey> keys = List.of();
  private final List<Removal> removals = new ArrayList<>();
  private final List<Removal.Export> exports = new ArrayList<>();
  private final Positions gone = new Positions();
  private Positions named = new Positions();
  private int namedBy;
  private long found;
  private long fitting;
  private long fittingSize;
  private long notFitting;
  private long lost;
  private long losses;
  private long lostFrom = -1;

  /** Adds what is wrong at certain positions; it is told before the consequences. */
  void atPosition(String what) {
    add(ofPositions, what);
  }

  void problem(String what) {
    add(problems, what);
  }

  private void add(List<String> list, String what) {
    if (list.contains(what)) {
      return;
    }
    found++;
    if (list.size() < MOST_PROBLEMS) {
      list.add(what);
    }
  }

  void keys(List<LogKey> keys) {
    this.keys = List.copyOf(keys);
  }

  void leaf(byte[] leaf) {
    if (lostFrom >= 0) {
      tellLost();
    }
    tree.add(leaf);
  }

  /** Adds the leaf of an entry that is lost. */
  void lost(byte[] leaf) {
    if (lostFrom < 0) {
      lostFrom = tree.size();
    }
    lost++;
    tree.add(leaf);
  }

  /** Adds a removal that the log names; it counts only if it names no more than it may. */
  void removal(Removal removal) {
    removals.add(removal);
  }

  void export(Removal.Export export) {
    if (!exports.contains(export)) {
      exports.add(export);
    }
  }

  /** Returns whether one of the removals so far names a position. */
  boolean isNamed(long position) {
    return named().contains(position);
  }

  private Positions named() {
    if (namedBy != removals.size()) {
      named = new Positions();
      removals.stream()
          .filter(removal -> removal.problems(exports, keys).isEmpty())
          .forEach(removal -> named.addAll(removal.positions()));
      namedBy = removals.size();
    }
    return named;
  }

  /** Adds the leaf of an entry that was removed; a removal must name it. */
  void removed(byte[] leaf) {
    if (lostFrom >= 0) {
      tellLost();
    }
    gone.add(tree.size());
    tree.add(leaf);
  }

  private void tellRemovals() {
    for (Removal removal : removals) {
      removal.problems(exports, keys).forEach(this::problem);
    }
    for (Positions.Range range : gone.notIn(named())) {
      atPosition(
          "positions "
              + range.first()
              + " to "
              + range.last()
              + ": not all entries are there, and no signed removal entry names those that are missing");
    }
  }

  private void tellLost() {
    losses++;
    atPosition(
        "positions "
            + lostFrom
            + " to "
            + (tree.size() - 1)
            + ": the entries are lost, the log has only their hashes; the database lost its newest entries or an older one was restored");
    lostFrom = -1;
  }

  long size() {
    return tree.size();
  }

  byte[] root() {
    return tree.root();
  }

  /**
   * Looks at a checkpoint over all leaves so far.
   *
   * @param where names the checkpoint
   */
  void checkpoint(String signed, String where) {
    Checkpoint checkpoint;
    try {
      checkpoint = LogDirectory.verified(signed, keys, where);
    } catch (LogDamagedException e) {
      problem(String.valueOf(e.getMessage()));
      return;
    }
    if (checkpoint.isSame(new Checkpoint(checkpoint.origin(), tree.size(), tree.root()))) {
      fitting++;
      fittingSize = tree.size();
      return;
    }
    notFitting++;
    if (notFitting == 1) {
      problem(
          where
              + (checkpoint.size() == tree.size()
                  ? " does not fit the leaves: those of the positions "
                      + fittingSize
                      + " to "
                      + (tree.size() - 1)
                      + " are not all the ones that were signed, or not in their order"
                  : " says that it is over " + checkpoint.size() + " positions"));
    }
  }

  /**
   * Looks at a checkpoint over all leaves so far that was given away.
   *
   * @param where names the anchor
   */
  void anchor(String signed, String where) {
    try {
      Checkpoint checkpoint = LogDirectory.verified(signed, keys, "the checkpoint of " + where);
      if (!checkpoint.isSame(new Checkpoint(checkpoint.origin(), tree.size(), tree.root()))) {
        problem(
            where
                + ", does not fit the leaves: the first "
                + tree.size()
                + " positions are not what was anchored, so the log was rewritten since");
      }
    } catch (LogDamagedException e) {
      problem(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Ends the collection.
   *
   * @param anchors when the log was last anchored, in words
   */
  LogAudit audit(long waiting, List<String> anchors) {
    if (lostFrom >= 0) {
      tellLost();
    }
    tellRemovals();
    if (notFitting > 1) {
      problem(
          notFitting == 2
              ? "1 later checkpoint does not fit the leaves either"
              : (notFitting - 1) + " later checkpoints do not fit the leaves either");
    }
    return new LogAudit(
        name().orElse(null),
        keys.stream().map(key -> key.note().verifierKey()).toList(),
        tree.size(),
        fitting,
        lost,
        gone.size(),
        removals.stream()
            .map(
                removal ->
                    new LogAudit.Removal(
                        removal.position(),
                        removal.at(),
                        removal.by(),
                        removal.event().entries(),
                        removal.event().runs(),
                        removal.event().before(),
                        removal.event().exportSha256()))
            .toList(),
        waiting,
        anchors,
        found,
        losses,
        Stream.concat(ofPositions.stream(), problems.stream()).toList());
  }

  private Optional<String> name() {
    return keys.stream().map(key -> key.note().name()).findFirst();
  }
}
