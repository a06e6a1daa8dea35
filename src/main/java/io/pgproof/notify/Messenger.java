package io.pgproof.notify;

import io.pgproof.target.Notifications;
import io.pgproof.target.Recipient;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** Sends messages. Thread-safe. */
public final class Messenger {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final MailServer mail;
  private final WebHook webHook;

  public Messenger(Clock clock) {
    this(clock, LimitedHttp.systemTrust(), LIMIT);
  }

  /**
   * @param trust determines which servers' certificates are trusted
   * @param limit time limit of one delivery, from the first to the last byte
   */
  Messenger(Clock clock, SSLContext trust, Duration limit) {
    this.mail = new MailServer(trust, limit);
    this.webHook = new WebHook(clock, trust, limit);
  }

  /**
   * Sends a message once.
   *
   * @throws IOException if it is unknown whether the message was delivered, and sending it again
   *     can help; neither the message nor a cause contains a secret
   */
  public Delivery send(Message message, Recipient recipient, Notifications notifications)
      throws IOException, InterruptedException {
    if (recipient.webHook().isPresent()) {
      return webHook.post(
          message, recipient.webHook().get().read(), recipient.secret().orElseThrow());
    }
    return mail.send(
        message,
        recipient.mail().orElseThrow(),
        notifications.mail().orElseThrow(() -> new IOException("no mail server is configured")));
  }
}
