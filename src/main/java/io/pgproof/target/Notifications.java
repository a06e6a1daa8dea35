package io.pgproof.target;

import java.util.List;
import java.util.Optional;

/**
 * The recipients of notifications, and how to reach them.
 *
 * @param mail server for recipients by mail; present if there is such a recipient
 * @param recipients no two have the same name
 */
public record Notifications(
    Optional<Mail> mail, List<Recipient> recipients, Optional<SummarySettings> dailySummary) {
  /** No recipients. */
  public static final Notifications NONE =
      new Notifications(Optional.empty(), List.of(), Optional.empty());

  public Notifications {
    recipients = List.copyOf(recipients);
  }

  public Optional<Recipient> recipient(String name) {
    return recipients.stream().filter(recipient -> recipient.name().equals(name)).findFirst();
  }
}
