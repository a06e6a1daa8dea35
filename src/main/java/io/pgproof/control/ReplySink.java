package io.pgproof.control;

import java.io.IOException;

/** Sink for the replies to one request; the client may close it at any time. */
public interface ReplySink {

  /**
   * Sends a reply.
   *
   * @throws IOException when the client no longer listens
   */
  void send(Reply reply) throws IOException;

  /** Returns whether the client still listens; long operations check this from time to time. */
  boolean listens();

  /** Sets what to do, at most once, when the client withdraws the request or disconnects. */
  void onWithdrawn(Runnable action);
}
