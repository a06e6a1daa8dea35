package io.pgproof.tlog;

import java.security.MessageDigest;
import java.security.PrivateKey;
import java.util.List;

/**
 * What a log says of itself at one moment, by c2sp.org/tlog-checkpoint.
 *
 * @param origin name of the log
 * @param size number of entries
 * @param root hash of the tree of these entries
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by isSame.
public record Checkpoint(String origin, long size, byte[] root) {

  /** Returns the checkpoint as a note that the log's key has signed. */
  public String sign(NoteKey key, PrivateKey secret) {
    return SignedNote.sign(
        origin + "\n" + size + "\n" + StrictBase64.encode(root) + "\n", key, secret);
  }

  /**
   * Reads a checkpoint.
   *
   * @param key the log's; its name is the origin
   * @throws LogDamagedException when it is none, or the key has not signed it
   */
  public static Checkpoint parse(String signed, NoteKey key) {
    SignedNote note = SignedNote.parse(signed);
    note.requireSigned(key);
    List<String> lines = note.text().lines().toList();
    if (lines.size() < 3
        || !lines.get(0).equals(key.name())
        || !lines.get(1).matches("0|[1-9][0-9]{0,17}")) {
      throw new LogDamagedException("not a checkpoint of " + key.name() + ": " + lines);
    }
    byte[] root = StrictBase64.decode(lines.get(2));
    if (root.length != MerkleTree.HASH_LENGTH) {
      throw new LogDamagedException("not the hash of a tree: '" + lines.get(2) + "'");
    }
    return new Checkpoint(lines.get(0), Long.parseLong(lines.get(1)), root);
  }

  /** Returns whether both say the same. */
  public boolean isSame(Checkpoint other) {
    return origin.equals(other.origin)
        && size == other.size
        && MessageDigest.isEqual(root, other.root);
  }
}
