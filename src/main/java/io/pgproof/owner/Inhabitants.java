package io.pgproof.owner;

/** What runs in this process, below {@code runs/}. */
@FunctionalInterface
interface Inhabitants {

  /** Whether what lies under this name below {@code runs/} belongs to something that runs now. */
  boolean own(String directory);
}
