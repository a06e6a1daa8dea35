package io.pgproof.tlog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The root of a tree while leaves are added one by one; needs a few hashes of memory. */
public final class GrowingTree {
  /** The hash of the complete subtree of each height that the size has, from the lowest on. */
  private final List<byte @Nullable []> subtrees = new ArrayList<>();

  private long size;

  /** Adds the hash of the next entry. */
  public void add(byte[] leaf) {
    byte[] hash = leaf;
    int height = 0;
    for (; (size >> height & 1) == 1; height++) {
      hash = MerkleTree.node(subtrees.get(height), hash);
      subtrees.set(height, null);
    }
    if (height == subtrees.size()) {
      subtrees.add(hash);
    } else {
      subtrees.set(height, hash);
    }
    size++;
  }

  public long size() {
    return size;
  }

  /** Returns the hash of the tree of all leaves so far. */
  public byte[] root() {
    byte[] root = null;
    for (byte[] subtree : subtrees) {
      if (subtree != null) {
        root = root == null ? subtree : MerkleTree.node(subtree, root);
      }
    }
    return root == null ? new MerkleTree((level, index) -> new byte[0], 0).root() : root;
  }
}
