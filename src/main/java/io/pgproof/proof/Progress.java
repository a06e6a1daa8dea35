package io.pgproof.proof;

import org.jspecify.annotations.Nullable;

/**
 * Receives the progress of a long step. It is called often and from any thread, so it must be fast
 * and must never throw.
 *
 * <p>Amounts are bytes of the archives as stored for the restore. The sum over several steps has no
 * meaning.
 */
@FunctionalInterface
public interface Progress {
  Progress NONE = (done, total, note) -> {};

  /**
   * @param done completed amount
   * @param total total amount; 0 if unknown
   * @param note what is being done, in a few words; {@code null} if the note has not changed
   */
  void at(long done, long total, @Nullable String note);
}
