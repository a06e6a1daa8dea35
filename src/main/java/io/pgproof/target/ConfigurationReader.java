package io.pgproof.target;

import io.pgproof.proof.Mistakes;
import io.pgproof.yaml.Spelling;
import io.pgproof.yaml.YamlDocument;
import io.pgproof.yaml.YamlItem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Converts the configuration file into a {@link Configuration}, or reports all its mistakes. */
final class ConfigurationReader {
  private static final String CONTAINERS_AT_ONCE = "containers-at-once";
  private static final String HEARTBEAT = "heartbeat-url";
  private static final String REVIEW_SCHEDULE = "review-schedule";
  private static final String EVIDENCE_RETENTION = "evidence-retention";
  private static final String TARGETS = "targets";
  private static final String NAME = "name";
  private static final String PATH = "path";
  private static final String SCHEDULE = "schedule";
  private static final String CONTROL_SCHEDULE = "control-schedule";
  private static final String SCHEDULE_ZONE = "schedule-zone";
  private static final String WATCH = "watch";
  static final String TELL = "tell";
  private static final List<String> FIELDS =
      Stream.of(
              Stream.of(NAME, PATH, SCHEDULE, CONTROL_SCHEDULE, SCHEDULE_ZONE, WATCH, TELL),
              Setting.all().stream().map(Setting::name))
          .flatMap(fields -> fields)
          .toList();

  private final Path file;
  private final YamlDocument document;

  ConfigurationReader(Path file) {
    this.file = file;
    this.document =
        YamlDocument.read(
            file,
            Stream.of(
                    List.of(CONTAINERS_AT_ONCE),
                    NotificationsReader.addressFields(HEARTBEAT),
                    NotificationsReader.FIELDS,
                    List.of(REVIEW_SCHEDULE),
                    AnchoringReader.FIELDS,
                    List.of(EVIDENCE_RETENTION),
                    List.of(TARGETS))
                .flatMap(List::stream)
                .toArray(String[]::new));
  }

  /** Returns the whole configuration, or throws if the file has a mistake. */
  Configuration configuration() {
    int containersAtOnce =
        document
            .value(
                CONTAINERS_AT_ONCE,
                ValueFormat.CONTAINERS.allowed(),
                ValueFormat.CONTAINERS.reader())
            .orElse(Configuration.DEFAULT_CONTAINERS_AT_ONCE);
    Optional<WebHookAddress> heartbeat =
        document.file().flatMap(top -> NotificationsReader.address(top, HEARTBEAT));
    Optional<Schedule> reviews =
        document.value(
            REVIEW_SCHEDULE, ValueFormat.SCHEDULE.allowed(), ValueFormat.SCHEDULE.reader());
    Anchoring anchoring = document.file().map(AnchoringReader::read).orElse(Anchoring.NONE);
    Optional<Duration> evidenceRetention =
        document.value(
            EVIDENCE_RETENTION,
            ValueFormat.EVIDENCE_RETENTION.allowed(),
            ValueFormat.EVIDENCE_RETENTION.reader());
    Notifications notifications = new NotificationsReader(document).read();
    List<Target> targets = targets(notifications);
    document.throwIfAny();
    return new Configuration(
        file,
        containersAtOnce,
        heartbeat,
        reviews,
        anchoring,
        evidenceRetention,
        notifications,
        targets);
  }

  private List<Target> targets(Notifications notifications) {
    List<Target> targets = new ArrayList<>();
    Map<String, Integer> lineOfName = new HashMap<>();
    for (YamlItem item :
        document.items(
            TARGETS,
            "target",
            NAME,
            FIELDS,
            name -> Target.isName(name) ? Optional.of("target " + name) : Optional.empty())) {
      Optional<String> name = name(document, item, lineOfName, "target");
      Optional<Path> path =
          item.required(PATH, ValueFormat.DIRECTORY.allowed(), ValueFormat.DIRECTORY.reader());
      Settings settings = settings(item);
      Plan plan = plan(item, notifications);
      if (name.isPresent() && path.isPresent()) {
        targets.add(new Target(name.get(), path.get(), settings, plan));
      }
    }
    return targets;
  }

  /** Returns the name of an item, which no other item may have. */
  static Optional<String> name(
      YamlDocument document, YamlItem item, Map<String, Integer> lineOfName, String thing) {
    Optional<String> name =
        item.required(
            NAME,
            Target.NAME_ALLOWED,
            text -> {
              if (!Target.isName(text)) {
                throw new IllegalArgumentException();
              }
              return text;
            });
    return name.filter(
        text -> {
          Integer before = lineOfName.putIfAbsent(text, item.line(NAME));
          if (before != null) {
            document.addMistake(
                item.line(NAME),
                "name is "
                    + Mistakes.quoted(text)
                    + " as in line "
                    + before
                    + "; allowed: a name that no other "
                    + thing
                    + " has");
          }
          return before == null;
        });
  }

  private Plan plan(YamlItem item, Notifications notifications) {
    Optional<ZoneId> zone =
        item.value(SCHEDULE_ZONE, ValueFormat.ZONE.allowed(), ValueFormat.ZONE.reader());
    Optional<Schedule> schedule = schedule(item, SCHEDULE, zone);
    Optional<Schedule> controlSchedule = schedule(item, CONTROL_SCHEDULE, zone);
    if (item.has(SCHEDULE_ZONE) && !item.has(SCHEDULE) && !item.has(CONTROL_SCHEDULE)) {
      item.rejectField(
          SCHEDULE_ZONE, "needs " + SCHEDULE + " or " + CONTROL_SCHEDULE + ", which are missing");
    }
    boolean watch =
        item.value(WATCH, ValueFormat.YES_OR_NO.allowed(), ValueFormat.YES_OR_NO.reader())
            .orElse(false);
    return new Plan(schedule, controlSchedule, watch, readRecipients(item, notifications));
  }

  private static Optional<Schedule> schedule(YamlItem item, String field, Optional<ZoneId> zone) {
    return item.value(field, ValueFormat.SCHEDULE.allowed(), ValueFormat.SCHEDULE.reader())
        .map(utc -> new Schedule(utc.cron(), zone.orElse(utc.zone())));
  }

  /** Returns the names of recipients that an item lists; all of them must exist. */
  static List<String> readRecipients(YamlItem item, Notifications notifications) {
    List<String> names = notifications.recipients().stream().map(Recipient::name).toList();
    return item.list(TELL, "the name of a recipient", text -> text).orElse(List.of()).stream()
        .filter(
            name -> {
              if (!names.contains(name)) {
                item.rejectField(
                    TELL,
                    "names the recipient "
                        + Mistakes.quoted(name)
                        + ", which does not exist"
                        + Spelling.to(name, names)
                            .map(near -> " (did you mean " + near + "?)")
                            .orElse("")
                        + "; allowed: "
                        + (names.isEmpty()
                            ? "none, because recipients are missing"
                            : String.join(", ", names)));
              }
              return names.contains(name);
            })
        .distinct()
        .toList();
  }

  private static Settings settings(YamlItem item) {
    Settings settings = Settings.NONE;
    for (Setting<?> setting : Setting.all()) {
      settings = read(settings, setting, item);
    }
    checkPatience(settings, item);
    return settings;
  }

  /** Reports a reminder that is not due before the escalation, because it would never be sent. */
  private static void checkPatience(Settings settings, YamlItem item) {
    boolean read =
        Stream.of(Setting.REMIND_AFTER, Setting.ESCALATE_AFTER)
            .allMatch(setting -> item.has(setting.name()) == settings.get(setting).isPresent());
    if (!read || settings.patience().reminds()) {
      return;
    }
    String escalate = Durations.write(settings.patience().escalateAfter());
    item.rejectField(
        Setting.REMIND_AFTER.name(),
        "is "
            + Durations.write(settings.patience().remindAfter())
            + ", but after "
            + escalate
            + " ("
            + Setting.ESCALATE_AFTER
            + (item.has(Setting.ESCALATE_AFTER.name()) ? "" : ", by default")
            + ") the task is escalated, so nobody would be reminded; allowed: less than "
            + escalate
            + ", or a later "
            + Setting.ESCALATE_AFTER);
  }

  private static Settings read(Settings settings, Setting<?> setting, YamlItem item) {
    Optional<List<String>> texts =
        setting.isList()
            ? item.list(setting.name(), setting.allowed(), text -> checked(setting, text))
            : item.value(setting.name(), setting.allowed(), text -> checked(setting, text))
                .map(List::of);
    return texts.map(given -> settings.withText(setting, given)).orElse(settings);
  }

  private static String checked(Setting<?> setting, String text) {
    setting.read(List.of(text));
    return text;
  }
}
