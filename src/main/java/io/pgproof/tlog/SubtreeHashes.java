package io.pgproof.tlog;

/** The hashes of the complete subtrees of a tree. */
@FunctionalInterface
public interface SubtreeHashes {
  /**
   * Returns the hash of the leaves from {@code index << level} on, {@code 1 << level} of them.
   *
   * @throws LogDamagedException when it is not there although the tree is large enough
   */
  byte[] hash(int level, long index);
}
