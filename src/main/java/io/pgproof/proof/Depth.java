package io.pgproof.proof;

/** How much of a backup is checked; each depth makes the checks of the one before it too. */
public enum Depth {
  /** It unpacks, recovers and answers, and its data are fresh. */
  QUICK,
  /**
   * Also every file against {@code backup_manifest}, the checksums of pages while unpacking, and
   * amcheck.
   */
  STANDARD,
  /**
   * Also every table against its indexes, every row, and the checksums of pages as recovery left
   * them.
   */
  DEEP;

  public boolean atLeast(Depth other) {
    return compareTo(other) >= 0;
  }
}
