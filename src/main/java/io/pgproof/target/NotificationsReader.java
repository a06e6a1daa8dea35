package io.pgproof.target;

import io.pgproof.target.Mail.Security;
import io.pgproof.yaml.YamlDocument;
import io.pgproof.yaml.YamlItem;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the recipients of notifications and how to reach them. */
final class NotificationsReader {
  private static final String MAIL = "mail";
  private static final String RECIPIENTS = "recipients";
  private static final String DAILY_SUMMARY = "daily-summary";

  /** The fields of the file that it reads. */
  static final List<String> FIELDS = List.of(MAIL, RECIPIENTS, DAILY_SUMMARY);

  private static final String NAME = "name";
  private static final String HOST = "host";
  private static final String PORT = "port";
  private static final String SECURITY = "security";
  private static final String FROM = "from";
  private static final String USER = "user";
  private static final String PASSWORD = "password";
  private static final String WEB_HOOK = "web-hook";
  private static final String SECRET = "secret";
  private static final String FILE = "-file";
  private static final String VARIABLE = "-variable";
  private static final List<String> HOOK_FIELDS = addressFields(WEB_HOOK);
  private static final String AT = "at";
  private static final String TIME_ZONE = "time-zone";

  private final YamlDocument document;

  NotificationsReader(YamlDocument document) {
    this.document = document;
  }

  /** Returns the part that can be read; the mistakes are added to the document. */
  Notifications read() {
    Optional<Mail> mail =
        document
            .section(
                MAIL,
                List.of(HOST, PORT, SECURITY, FROM, USER, PASSWORD + FILE, PASSWORD + VARIABLE))
            .flatMap(this::mail);
    List<Recipient> recipients = document.has(RECIPIENTS) ? recipients() : List.of();
    Notifications told = new Notifications(mail, recipients, Optional.empty());
    return new Notifications(
        mail,
        recipients,
        document
            .section(DAILY_SUMMARY, List.of(AT, TIME_ZONE, ConfigurationReader.TELL))
            .flatMap(item -> summary(item, told)));
  }

  private Optional<Mail> mail(YamlItem item) {
    Optional<String> host =
        item.required(HOST, ValueFormat.HOST.allowed(), ValueFormat.HOST.reader());
    Security security =
        item.value(SECURITY, ValueFormat.SECURITY.allowed(), ValueFormat.SECURITY.reader())
            .orElse(Security.STARTTLS);
    int port =
        item.value(PORT, ValueFormat.PORT.allowed(), ValueFormat.PORT.reader())
            .orElse(security.port());
    Optional<String> from =
        item.required(FROM, ValueFormat.ADDRESS.allowed(), ValueFormat.ADDRESS.reader());
    Optional<String> user = item.value(USER, ValueFormat.NAME.allowed(), ValueFormat.NAME.reader());
    Optional<Secret> password =
        secret(item, PASSWORD, item.has(USER), "needs " + USER + ", which is missing");
    return host.isPresent() && from.isPresent()
        ? Optional.of(new Mail(host.get(), port, security, from.get(), user, password))
        : Optional.empty();
  }

  private List<Recipient> recipients() {
    List<Recipient> recipients = new ArrayList<>();
    Map<String, Integer> lineOfName = new HashMap<>();
    for (YamlItem item :
        document.items(
            RECIPIENTS,
            "recipient",
            NAME,
            List.of(
                NAME,
                MAIL,
                WEB_HOOK,
                WEB_HOOK + FILE,
                WEB_HOOK + VARIABLE,
                SECRET + FILE,
                SECRET + VARIABLE),
            name -> Target.isName(name) ? Optional.of("recipient " + name) : Optional.empty())) {
      Optional<String> name = ConfigurationReader.name(document, item, lineOfName, "recipient");
      Optional<String> mail =
          item.value(MAIL, ValueFormat.ADDRESS.allowed(), ValueFormat.ADDRESS.reader());
      Optional<WebHookAddress> webHook = address(item, WEB_HOOK);
      boolean hooked = HOOK_FIELDS.stream().anyMatch(item::has);
      Optional<Secret> secret =
          secret(item, SECRET, hooked, "needs " + WEB_HOOK + ", which is missing");
      if (item.has(MAIL) && hooked) {
        item.rejectField(
            HOOK_FIELDS.stream().filter(item::has).findFirst().orElseThrow(),
            "cannot be combined with "
                + MAIL
                + "; allowed: one of the two, and the other in another recipient");
      } else if (!item.has(MAIL) && !hooked) {
        item.missing(MAIL, "an address, or " + WEB_HOOK + " instead");
      } else if (item.has(MAIL) && !document.has(MAIL)) {
        item.rejectField(
            MAIL,
            "needs a mail server; allowed: the field "
                + MAIL
                + " of the file, with "
                + HOST
                + " and "
                + FROM);
      }
      name.ifPresent(text -> recipients.add(new Recipient(text, mail, webHook, secret)));
    }
    return recipients;
  }

  /** Returns the names of the fields that may hold an address. */
  static List<String> addressFields(String field) {
    return List.of(field, field + FILE, field + VARIABLE);
  }

  /** Returns an address that is in the field, or where one of the two like it says. */
  static Optional<WebHookAddress> address(YamlItem item, String field) {
    Optional<URI> written =
        item.secret(field, ValueFormat.WEB_HOOK.allowed(), ValueFormat.WEB_HOOK.reader());
    boolean kept = item.has(field + FILE) || item.has(field + VARIABLE);
    Optional<Secret> secret =
        secret(
            item,
            field,
            kept && !item.has(field),
            "cannot be combined with " + field + "; allowed: one of the two");
    return secret.isPresent()
        ? secret.map(WebHookAddress.Kept::new)
        : written.map(WebHookAddress.Written::new);
  }

  private Optional<SummarySettings> summary(YamlItem item, Notifications notifications) {
    Optional<LocalTime> at =
        item.required(AT, ValueFormat.TIME_OF_DAY.allowed(), ValueFormat.TIME_OF_DAY.reader());
    ZoneId zone =
        item.value(TIME_ZONE, ValueFormat.ZONE.allowed(), ValueFormat.ZONE.reader())
            .orElse(VerificationRequest.Queries.DEFAULT_ZONE);
    List<String> tell = ConfigurationReader.readRecipients(item, notifications);
    if (!item.has(ConfigurationReader.TELL)) {
      item.missing(ConfigurationReader.TELL, "a list, each the name of a recipient");
    }
    return at.map(time -> new SummarySettings(time, zone, tell));
  }

  /**
   * @param needed true if a secret is mandatory, false if it is not allowed
   * @param why reason that it is not allowed
   */
  private static Optional<Secret> secret(YamlItem item, String field, boolean needed, String why) {
    Optional<Path> file =
        item.value(field + FILE, ValueFormat.DIRECTORY.allowed(), ValueFormat.DIRECTORY.reader());
    Optional<String> variable =
        item.value(field + VARIABLE, ValueFormat.VARIABLE.allowed(), ValueFormat.VARIABLE.reader());
    if (item.has(field + FILE) && item.has(field + VARIABLE)) {
      item.rejectField(
          field + VARIABLE,
          "cannot be combined with " + field + FILE + "; allowed: one of the two");
    } else if (needed && !item.has(field + FILE) && !item.has(field + VARIABLE)) {
      item.missing(field + FILE, "an absolute path, or " + field + VARIABLE + " instead");
    } else if (!needed && (item.has(field + FILE) || item.has(field + VARIABLE))) {
      item.rejectField(item.has(field + FILE) ? field + FILE : field + VARIABLE, why);
    }
    return file.isPresent() != variable.isPresent()
        ? Optional.of(new Secret(file, variable))
        : Optional.empty();
  }
}
