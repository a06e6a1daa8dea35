package io.pgproof.proof;

/**
 * Hears how far a long step has come; called often and from any thread, so it must be quick and
 * never throw.
 *
 * <p>Amounts are bytes of the archives as they lie for restoring, and have no meaning to add up
 * across steps.
 */
@FunctionalInterface
public interface Progress {
  Progress NONE = (done, total, note) -> {};

  /**
   * @param done how much is done
   * @param total of how much; 0 where that is not known
   * @param note what is being done, a few words; {@code null} when nothing new is to be said
   */
  void at(long done, long total, String note);
}
