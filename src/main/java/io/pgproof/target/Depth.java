package io.pgproof.target;

/** How much is checked. */
public enum Depth {
  QUICK,
  STANDARD,
  DEEP
}
