package io.pgproof.tlog;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The Merkle tree of RFC 6962 with SHA-256: its root, and proofs that an entry is in it and that a
 * smaller tree is its beginning. All hashes have 32 bytes.
 */
public final class MerkleTree {
  /** Length of a hash in bytes. */
  public static final int HASH_LENGTH = 32;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private final SubtreeHashes subtrees;
  private final long size;

  /**
   * @param size number of leaves
   */
  public MerkleTree(SubtreeHashes subtrees, long size) {
    if (size < 0) {
      throw new IllegalArgumentException("a tree of " + size + " leaves");
    }
    this.subtrees = subtrees;
    this.size = size;
  }

  /** Returns the hash of an entry. */
  public static byte[] leaf(byte[] entry) {
    MessageDigest digest = sha256();
    digest.update(LEAF);
    return digest.digest(entry);
  }

  /** Returns the hash of two subtrees side by side. */
  public static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = sha256();
    digest.update(NODE);
    digest.update(left);
    return digest.digest(right);
  }

  /** Returns the hash of the whole tree. */
  public byte[] root() {
    return size == 0 ? sha256().digest() : hash(0, size);
  }

  /**
   * Returns the proof that a leaf is in the tree: the hashes beside its way to the root, the lowest
   * first.
   */
  public List<byte[]> inclusion(long index) {
    Objects.checkIndex(index, size);
    List<byte[]> proof = new ArrayList<>();
    addInclusion(index, 0, size, proof);
    return proof;
  }

  private void addInclusion(long index, long from, long to, List<byte[]> proof) {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      addInclusion(index, from, middle, proof);
      proof.add(hash(middle, to));
    } else {
      addInclusion(index, middle, to, proof);
      proof.add(hash(from, middle));
    }
  }

  /**
   * Returns the proof that the tree begins with a smaller one.
   *
   * @param before number of leaves of the smaller tree, at least 1
   */
  public List<byte[]> consistency(long before) {
    if (before < 1 || before > size) {
      throw new IllegalArgumentException(
          "no proof from a tree of " + before + " leaves to one of " + size);
    }
    List<byte[]> proof = new ArrayList<>();
    addConsistency(before, 0, size, true, proof);
    return proof;
  }

  /**
   * @param known whether the part from {@code from} on is the whole smaller tree, whose hash the
   *     verifier knows
   */
  private void addConsistency(long before, long from, long to, boolean known, List<byte[]> proof) {
    if (before == to) {
      if (!known) {
        proof.add(hash(from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (before <= middle) {
      addConsistency(before, from, middle, known, proof);
      proof.add(hash(middle, to));
    } else {
      addConsistency(before, middle, to, false, proof);
      proof.add(hash(from, middle));
    }
  }

  private byte[] hash(long from, long to) {
    long count = to - from;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return subtrees.hash(level, from >> level);
    }
    long middle = from + split(count);
    return node(hash(from, middle), hash(middle, to));
  }

  /** Returns the largest power of two that is smaller than a number above 1. */
  private static long split(long count) {
    return Long.highestOneBit(count - 1);
  }

  /**
   * Returns whether a proof shows that a leaf is in a tree.
   *
   * @param leaf hash of the entry
   * @param root hash of the tree
   */
  public static boolean isIncluded(
      byte[] leaf, long index, long size, byte[] root, List<byte[]> proof) {
    if (index < 0 || index >= size) {
      return false;
    }
    byte[] hash = leaf;
    long place = index;
    long last = size - 1;
    for (byte[] beside : proof) {
      if (last == 0) {
        return false;
      }
      if ((place & 1) == 1 || place == last) {
        hash = node(beside, hash);
        while ((place & 1) == 0 && place != 0) {
          place >>= 1;
          last >>= 1;
        }
      } else {
        hash = node(hash, beside);
      }
      place >>= 1;
      last >>= 1;
    }
    return last == 0 && MessageDigest.isEqual(hash, root);
  }

  /**
   * Returns whether a proof shows that a tree begins with a smaller one. A tree of no leaves is the
   * beginning of each tree.
   */
  public static boolean isBeginning(
      long before, byte[] rootBefore, long size, byte[] root, List<byte[]> proof) {
    if (before == 0 || before == size) {
      byte[] expected = before == 0 ? sha256().digest() : root;
      return before <= size && proof.isEmpty() && MessageDigest.isEqual(rootBefore, expected);
    }
    if (before < 0 || before > size || proof.isEmpty()) {
      return false;
    }
    List<byte[]> hashes = new ArrayList<>(proof);
    if (Long.bitCount(before) == 1) {
      hashes.add(0, rootBefore);
    }
    long place = before - 1;
    long last = size - 1;
    while ((place & 1) == 1) {
      place >>= 1;
      last >>= 1;
    }
    byte[] small = hashes.get(0);
    byte[] large = small;
    for (byte[] beside : hashes.subList(1, hashes.size())) {
      if (last == 0) {
        return false;
      }
      if ((place & 1) == 1 || place == last) {
        small = node(beside, small);
        large = node(beside, large);
        while ((place & 1) == 0 && place != 0) {
          place >>= 1;
          last >>= 1;
        }
      } else {
        large = node(large, beside);
      }
      place >>= 1;
      last >>= 1;
    }
    return last == 0
        && MessageDigest.isEqual(small, rootBefore)
        && MessageDigest.isEqual(large, root);
  }

  /** Returns the hash of a number of hashes that is a power of two. */
  static byte[] complete(byte[] hashes) {
    byte[] level = hashes;
    while (level.length > HASH_LENGTH) {
      byte[] above = new byte[level.length / 2];
      for (int at = 0; at < above.length; at += HASH_LENGTH) {
        byte[] pair =
            node(
                Arrays.copyOfRange(level, 2 * at, 2 * at + HASH_LENGTH),
                Arrays.copyOfRange(level, 2 * at + HASH_LENGTH, 2 * at + 2 * HASH_LENGTH));
        System.arraycopy(pair, 0, above, at, HASH_LENGTH);
      }
      level = above;
    }
    return level;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
