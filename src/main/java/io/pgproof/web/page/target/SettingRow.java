package io.pgproof.web.page.target;

import io.pgproof.target.Durations;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.Sizes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A setting that is in force.
 *
 * @param value as a user writes it; empty if there is none
 * @param given whether the configuration gives it; otherwise it is the default
 */
record SettingRow(String name, String meaning, String value, boolean given) {
  /** Returns all settings that have a value. */
  static List<SettingRow> of(Settings settings) {
    return Setting.all().stream()
        .map(setting -> row(setting, settings))
        .filter(row -> !row.value().isEmpty())
        .toList();
  }

  private static <T> SettingRow row(Setting<T> setting, Settings settings) {
    return settings
        .get(setting)
        .map(value -> new SettingRow(setting.name(), setting.meaning(), write(value), true))
        .orElseGet(
            () ->
                new SettingRow(
                    setting.name(), setting.meaning(), setting.standard().orElse(""), false));
  }

  private static String write(Object value) {
    if (value instanceof Duration duration) {
      return Durations.write(duration);
    }
    if (value instanceof Long bytes) {
      return Sizes.write(bytes);
    }
    if (value instanceof Enum<?> word) {
      return word.name().toLowerCase(Locale.ROOT);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(SettingRow::write).collect(Collectors.joining("; "));
    }
    return value.toString();
  }
}
