package io.pgproof.notify;

/**
 * What became of a message; a failure that may pass is an exception instead, and the message is
 * sent again.
 */
public sealed interface Delivery {

  /**
   * The way that was taken, without what only the recipient should know: {@code mail to
   * ada@example.org}.
   */
  String channel();

  /** The other side took it over. */
  record Accepted(String channel) implements Delivery {}

  /** The other side will never take it. */
  record Refused(String channel, String why) implements Delivery {}
}
