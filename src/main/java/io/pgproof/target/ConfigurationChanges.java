package io.pgproof.target;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Says what differs between two configurations, one line each. No line holds a secret or the
 * address of a recipient.
 */
public final class ConfigurationChanges {
  private static final int MOST = 200;
  private static final int LONGEST_VALUE = 200;

  private final List<String> lines = new ArrayList<>();

  private ConfigurationChanges() {}

  /** Returns the first 200 differences, and how many more there are. */
  public static List<String> between(Configuration before, Configuration after) {
    ConfigurationChanges changes = new ConfigurationChanges();
    changes.value("containers-at-once", before.containersAtOnce(), after.containersAtOnce());
    changes.unspoken("heartbeat-url", before.heartbeat(), after.heartbeat());
    changes.value("review-schedule", before.reviews(), after.reviews());
    changes.unspoken("anchor-command", before.anchoring().command(), after.anchoring().command());
    changes.unspoken("anchor-tsa", before.anchoring().authority(), after.anchoring().authority());
    changes.value("tsa-ca", before.anchoring().authorities(), after.anchoring().authorities());
    changes.value("anchor-schedule", before.anchoring().schedule(), after.anchoring().schedule());
    changes.value("evidence-retention", before.evidenceRetention(), after.evidenceRetention());
    changes.named(
        "target",
        byName(before.targets(), Target::name),
        byName(after.targets(), Target::name),
        changes::target);
    Notifications was = before.telling();
    Notifications is = after.telling();
    changes.unspoken("mail", was.mail(), is.mail());
    changes.named(
        "recipient",
        byName(was.recipients(), Recipient::name),
        byName(is.recipients(), Recipient::name),
        (one, other) -> changes.unspoken("recipient " + one.name(), one, other));
    changes.value("daily-summary", was.dailySummary(), is.dailySummary());
    return changes.bounded();
  }

  private interface Comparison<T> {
    void compare(T before, T after);
  }

  private static <T> Map<String, T> byName(List<T> values, Function<T, String> name) {
    return values.stream()
        .collect(
            Collectors.toMap(name, Function.identity(), (one, other) -> one, LinkedHashMap::new));
  }

  private <T> void named(
      String what, Map<String, T> before, Map<String, T> after, Comparison<T> comparison) {
    Set<String> names = new LinkedHashSet<>(before.keySet());
    names.addAll(after.keySet());
    for (String name : names) {
      T was = before.get(name);
      T is = after.get(name);
      if (was == null) {
        lines.add(what + " " + name + " added");
      } else if (is == null) {
        lines.add(what + " " + name + " removed");
      } else {
        comparison.compare(was, is);
      }
    }
  }

  private void target(Target before, Target after) {
    String of = "target " + before.name() + ": ";
    value(of + "path", before.path(), after.path());
    for (Setting<?> setting : Setting.all()) {
      value(of + setting.name(), before.settings().get(setting), after.settings().get(setting));
    }
    value(of + "schedule", before.plan().schedule(), after.plan().schedule());
    value(of + "control-schedule", before.plan().controlSchedule(), after.plan().controlSchedule());
    value(of + "watch", before.plan().watch(), after.plan().watch());
    value(of + "tell", before.plan().tell(), after.plan().tell());
  }

  private void value(String what, Object before, Object after) {
    if (!Objects.equals(before, after)) {
      lines.add(what + " was " + written(before) + " and is " + written(after));
    }
  }

  private void unspoken(String what, Object before, Object after) {
    if (!Objects.equals(before, after)) {
      lines.add(what + " changed");
    }
  }

  private static String written(Object value) {
    Object inner = value instanceof Optional<?> optional ? optional.orElse(null) : value;
    if (inner == null) {
      return "not set";
    }
    String text = inner.toString();
    return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
  }

  private List<String> bounded() {
    if (lines.size() <= MOST) {
      return lines;
    }
    List<String> some = new ArrayList<>(lines.subList(0, MOST));
    some.add("and " + (lines.size() - MOST) + " more changes");
    return some;
  }
}
