package io.pgproof.tlog;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The proof that an entry is in a log. Anyone who has the log's key can check it offline. The
 * format is c2sp.org/tlog-proof.
 *
 * @param index of the entry, from 0
 * @param inclusion hashes beside the entry's way to the root, the lowest first
 * @param checkpoint signed by the log
 */
public record LogProof(long index, List<byte[]> inclusion, String checkpoint) {
  private static final String FIRST_LINE = "c2sp.org/tlog-proof@v1";
  private static final String INDEX = "index ";
  private static final String EXTRA = "extra ";

  public LogProof {
    inclusion = List.copyOf(inclusion);
  }

  /** Returns the text of the proof. */
  public String text() {
    return FIRST_LINE
        + "\n"
        + INDEX
        + index
        + "\n"
        + inclusion.stream()
            .map(hash -> StrictBase64.encode(hash) + "\n")
            .collect(Collectors.joining())
        + "\n"
        + checkpoint;
  }

  /**
   * Reads a proof; {@link #requireIncluded} shows whether it is true.
   *
   * @throws LogDamagedException when it is none
   */
  public static LogProof parse(String text) {
    int end = text.indexOf("\n\n");
    List<String> lines = end < 0 ? List.of() : text.substring(0, end).lines().toList();
    int at = lines.size() > 1 && lines.get(1).startsWith(EXTRA) ? 2 : 1;
    if (lines.size() <= at
        || !lines.get(0).equals(FIRST_LINE)
        || !lines.get(at).matches(INDEX + "(0|[1-9][0-9]{0,17})")) {
      throw new LogDamagedException("not a proof of a log, which begins with " + FIRST_LINE);
    }
    return new LogProof(
        Long.parseLong(lines.get(at).substring(INDEX.length())),
        lines.subList(at + 1, lines.size()).stream().map(StrictBase64::decode).toList(),
        text.substring(end + 2));
  }

  /**
   * Requires that an entry is in the log of a key.
   *
   * @param leaf hash of the entry
   * @return the checkpoint of the proof
   * @throws LogDamagedException when it is not, or the log has not signed the checkpoint
   */
  public Checkpoint requireIncluded(byte[] leaf, NoteKey key) {
    Checkpoint signed = Checkpoint.parse(checkpoint, key);
    if (!MerkleTree.isIncluded(leaf, index, signed.size(), signed.root(), inclusion)) {
      throw new LogDamagedException(
          "the entry is not number " + index + " of the log of " + signed.size() + " entries");
    }
    return signed;
  }
}
