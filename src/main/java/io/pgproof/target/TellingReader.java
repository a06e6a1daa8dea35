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

/** Reads who is told and how. */
final class TellingReader {
  static final String MAIL = "mail";
  static final String RECIPIENTS = "recipients";
  static final String DAILY_SUMMARY = "daily-summary";

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
  private static final String AT = "at";
  private static final String TIME_ZONE = "time-zone";

  private final YamlDocument document;

  TellingReader(YamlDocument document) {
    this.document = document;
  }

  /** What of it can be read; the document hears of the rest. */
  Telling telling() {
    Optional<Mail> mail = document.section(MAIL,
        List.of(HOST, PORT, SECURITY, FROM, USER, PASSWORD + FILE, PASSWORD + VARIABLE)).flatMap(this::mail);
    List<Recipient> recipients = document.has(RECIPIENTS) ? recipients() : List.of();
    Telling told = new Telling(mail, recipients, Optional.empty());
    return new Telling(mail, recipients,
        document.section(DAILY_SUMMARY, List.of(AT, TIME_ZONE, ConfigurationReader.TELL)).flatMap(item -> summary(item, told)));
  }

  private Optional<Mail> mail(YamlItem item) {
    Optional<String> host = item.required(HOST, Form.HOST.allowed(), Form.HOST.reader());
    Security security = item.value(SECURITY, Form.SECURITY.allowed(), Form.SECURITY.reader()).orElse(Security.STARTTLS);
    int port = item.value(PORT, Form.PORT.allowed(), Form.PORT.reader()).orElse(security.port());
    Optional<String> from = item.required(FROM, Form.ADDRESS.allowed(), Form.ADDRESS.reader());
    Optional<String> user = item.value(USER, Form.NAME.allowed(), Form.NAME.reader());
    Optional<Secret> password = secret(item, PASSWORD, item.has(USER), "without " + USER + " is sent to nobody");
    return host.isPresent() && from.isPresent()
        ? Optional.of(new Mail(host.get(), port, security, from.get(), user, password))
        : Optional.empty();
  }

  private List<Recipient> recipients() {
    List<Recipient> recipients = new ArrayList<>();
    Map<String, Integer> lineOfName = new HashMap<>();
    for (YamlItem item : document.items(RECIPIENTS, "recipient", NAME,
        List.of(NAME, MAIL, WEB_HOOK, SECRET + FILE, SECRET + VARIABLE),
        name -> Target.isName(name) ? Optional.of("recipient " + name) : Optional.empty())) {
      Optional<String> name = ConfigurationReader.name(document, item, lineOfName, "recipient");
      Optional<String> mail = item.value(MAIL, Form.ADDRESS.allowed(), Form.ADDRESS.reader());
      Optional<URI> webHook = item.secret(WEB_HOOK, Form.WEB_HOOK.allowed(), Form.WEB_HOOK.reader());
      Optional<Secret> secret = secret(item, SECRET, item.has(WEB_HOOK), "without " + WEB_HOOK + " signs nothing");
      if (item.has(MAIL) && item.has(WEB_HOOK)) {
        item.unfit(WEB_HOOK, "stands beside " + MAIL + "; allowed: one of the two, and another recipient for the other");
      } else if (!item.has(MAIL) && !item.has(WEB_HOOK)) {
        item.missing(MAIL, "an address, or " + WEB_HOOK + " in its place");
      } else if (item.has(MAIL) && !document.has(MAIL)) {
        item.unfit(MAIL, "needs a mail server; allowed: the field " + MAIL + " of the file, with " + HOST + " and " + FROM);
      }
      name.ifPresent(text -> recipients.add(new Recipient(text, mail, webHook, secret)));
    }
    return recipients;
  }

  private Optional<DailySummary> summary(YamlItem item, Telling telling) {
    Optional<LocalTime> at = item.required(AT, Form.TIME_OF_DAY.allowed(), Form.TIME_OF_DAY.reader());
    ZoneId zone = item.value(TIME_ZONE, Form.ZONE.allowed(), Form.ZONE.reader()).orElse(VerificationRequest.DEFAULT_ZONE);
    List<String> tell = ConfigurationReader.tell(item, telling);
    if (!item.has(ConfigurationReader.TELL)) {
      item.missing(ConfigurationReader.TELL, "a list, each the name of a recipient");
    }
    return at.map(time -> new DailySummary(time, zone, tell));
  }

  /**
   * @param needed whether there must be one; otherwise there may be none
   * @param why there may be none
   */
  private static Optional<Secret> secret(YamlItem item, String field, boolean needed, String why) {
    Optional<Path> file = item.value(field + FILE, Form.DIRECTORY.allowed(), Form.DIRECTORY.reader());
    Optional<String> variable = item.value(field + VARIABLE, Form.VARIABLE.allowed(), Form.VARIABLE.reader());
    if (item.has(field + FILE) && item.has(field + VARIABLE)) {
      item.unfit(field + VARIABLE, "stands beside " + field + FILE + "; allowed: one of the two");
    } else if (needed && !item.has(field + FILE) && !item.has(field + VARIABLE)) {
      item.missing(field + FILE, "an absolute path, or " + field + VARIABLE + " in its place");
    } else if (!needed && (item.has(field + FILE) || item.has(field + VARIABLE))) {
      item.unfit(item.has(field + FILE) ? field + FILE : field + VARIABLE, why);
    }
    return file.isPresent() != variable.isPresent() ? Optional.of(new Secret(file, variable)) : Optional.empty();
  }
}
