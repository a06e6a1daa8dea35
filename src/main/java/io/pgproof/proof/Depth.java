package io.pgproof.proof;

/** How much of a backup is checked. Each depth includes the checks of the previous one. */
public enum Depth {
  /** The backup can be unpacked and recovered, the server answers, and the data are fresh. */
  QUICK,
  /**
   * Also compares every file with {@code backup_manifest}, verifies page checksums while unpacking,
   * and runs amcheck.
   */
  STANDARD,
  /**
   * Also compares every table with its indexes, reads every row, and verifies page checksums after
   * recovery.
   */
  DEEP;

  public boolean atLeast(Depth other) {
    return compareTo(other) >= 0;
  }
}
