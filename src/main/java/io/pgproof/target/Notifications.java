package io.pgproof.target;

import java.util.List;
import java.util.Optional;

/**
 * Who can be told, and by what way.
 *
 * @param mail the server for recipients by mail; there if there is one
 * @param recipients no two of one name
 */
public record Notifications(
    Optional<Mail> mail, List<Recipient> recipients, Optional<DailySummary> dailySummary) {
  /** Nobody is told. */
  public static final Notifications NONE =
      new Notifications(Optional.empty(), List.of(), Optional.empty());

  public Notifications {
    recipients = List.copyOf(recipients);
  }

  public Optional<Recipient> recipient(String name) {
    return recipients.stream().filter(recipient -> recipient.name().equals(name)).findFirst();
  }
}
