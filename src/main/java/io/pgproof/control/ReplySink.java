package io.pgproof.control;

import java.io.IOException;

/** Whoever asked and hears the answer. */
public interface ReplySink {

  /**
   * @throws IOException when nobody listens any more
   */
  void hear(Reply reply) throws IOException;

  /** Whether anybody still listens; what takes long asks now and then. */
  boolean listens();

  /** Says what to do, at most once, when what was asked is taken back or whoever asked is gone. */
  void whenTakenBack(Runnable action);
}
