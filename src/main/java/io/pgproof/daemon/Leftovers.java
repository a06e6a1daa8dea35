package io.pgproof.daemon;

/** What earlier runs left and could not be removed. */
@FunctionalInterface
public interface Leftovers {
  /** Returns how much could not be removed at the last try. */
  int count();
}
