package io.pgproof.notify;

/**
 * The final result of sending a message. A failure that can be temporary is an exception instead,
 * and the message is sent again.
 */
public sealed interface Delivery {

  /**
   * Returns the channel that was used, without details that only the recipient should know, such as
   * {@code mail to ada@example.org}.
   */
  String channel();

  /** The other side accepted the message. */
  record Accepted(String channel) implements Delivery {}

  /** The other side refused the message permanently. */
  record Refused(String channel, String why) implements Delivery {}
}
