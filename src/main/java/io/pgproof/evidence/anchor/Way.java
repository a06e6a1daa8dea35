package io.pgproof.evidence.anchor;

import io.pgproof.evidence.ServerEvent;
import java.io.IOException;

/** One way to give a checkpoint away. */
interface Way {
  /** Returns the name of the way, as {@link ServerEvent.LogAnchored#way}. */
  String name();

  /** Returns who gets the checkpoint, without secrets. */
  String where();

  /**
   * Gives a checkpoint away; it ends within a time limit.
   *
   * @return {@link ServerEvent.LogAnchored} or {@link ServerEvent.AnchorFailed}
   * @throws InterruptedException when the thread is interrupted; it is unknown whether the
   *     checkpoint was taken
   */
  ServerEvent give(String checkpoint) throws InterruptedException;

  /** Keeps what came back on the disk, before it is recorded. */
  default void keep(ServerEvent.LogAnchored anchored) throws IOException {}
}
