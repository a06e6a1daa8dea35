package io.pgproof.target;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses and formats durations as people write them: {@code 90s}, {@code 30m}, {@code 24h}, {@code
 * 7d}, or ISO 8601.
 */
public final class Durations {
  private static final Pattern SHORT = Pattern.compile("([0-9]{1,9})(s|m|h|d)");

  private Durations() {}

  /**
   * @throws IllegalArgumentException with the allowed forms
   */
  public static Duration parse(String text) {
    Matcher form = SHORT.matcher(text.strip());
    if (form.matches()) {
      long amount = Long.parseLong(form.group(1));
      return switch (form.group(2)) {
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        case "h" -> Duration.ofHours(amount);
        default -> Duration.ofDays(amount);
      };
    }
    try {
      Duration duration = Duration.parse(text.strip());
      if (duration.isNegative()) {
        throw new IllegalArgumentException("a duration cannot be negative: " + text);
      }
      return duration;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no duration such as 90s, 30m, 24h, 7d or PT1H30M");
    }
  }

  /**
   * Formats a duration so that {@link #parse} can read it, in the largest exact unit; days are used
   * from two days on.
   */
  public static String write(Duration duration) {
    if (duration.getNano() != 0 || duration.isNegative()) {
      return duration.toString();
    }
    long seconds = duration.toSeconds();
    if (seconds >= 2 * 86_400 && seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds > 0 && seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds > 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
