package io.pgproof.daemon;

/** What runs in this process, below {@code runs/}. */
@FunctionalInterface
interface ActiveRunNames {

  /** Whether what lies under this name below {@code runs/} belongs to something that runs now. */
  boolean own(String directory);
}
