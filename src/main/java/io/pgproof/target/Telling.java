package io.pgproof.target;

import java.util.List;
import java.util.Optional;

/**
 * Who can be told, and by what way.
 *
 * @param mail the server for recipients by mail; there if there is one
 * @param recipients no two of one name
 */
public record Telling(Optional<Mail> mail, List<Recipient> recipients, Optional<DailySummary> dailySummary) {
  /** Nobody is told. */
  public static final Telling NONE = new Telling(Optional.empty(), List.of(), Optional.empty());

  public Telling {
    recipients = List.copyOf(recipients);
  }

  public Optional<Recipient> recipient(String name) {
    return recipients.stream().filter(recipient -> recipient.name().equals(name)).findFirst();
  }
}
