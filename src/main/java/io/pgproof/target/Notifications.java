package io.pgproof.target;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** Returns each secret that is kept outside the configuration, by what it is for. */
  public Map<String, Secret> secrets() {
    Map<String, Secret> secrets = new LinkedHashMap<>();
    mail.flatMap(Mail::password).ifPresent(secret -> secrets.put("the password of mail", secret));
    for (Recipient recipient : recipients) {
      recipient
          .webHook()
          .ifPresent(
              address -> {
                if (address instanceof WebHookAddress.Kept kept) {
                  secrets.put("the web hook of recipient " + recipient.name(), kept.secret());
                }
              });
      recipient
          .secret()
          .ifPresent(secret -> secrets.put("the secret of recipient " + recipient.name(), secret));
    }
    return secrets;
  }

  /** Returns whether the configuration itself contains the address of a web hook. */
  public boolean haveWrittenAddress() {
    return recipients.stream()
        .flatMap(recipient -> recipient.webHook().stream())
        .anyMatch(WebHookAddress.Written.class::isInstance);
  }

  public Optional<Recipient> recipient(String name) {
    return recipients.stream().filter(recipient -> recipient.name().equals(name)).findFirst();
  }
}
