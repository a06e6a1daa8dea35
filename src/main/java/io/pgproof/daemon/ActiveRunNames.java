package io.pgproof.daemon;

/** Tells which names below {@code runs/} are in use by this process. */
@FunctionalInterface
interface ActiveRunNames {

  /**
   * Returns whether the directory of this name below {@code runs/} belongs to something that runs
   * now.
   */
  boolean isActive(String directory);
}
