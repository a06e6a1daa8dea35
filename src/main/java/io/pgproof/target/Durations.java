package io.pgproof.target;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses and formats durations as people write them: {@code 90s}, {@code 30m}, {@code 24h}, {@code
 * 7d}, or ISO 8601. The units {@code ns}, {@code us} and {@code ms} are known too, and case does
 * not matter.
 */
public final class Durations {
  private static final Pattern SHORT =
      Pattern.compile("\\+?([0-9]+)(ns|us|ms|s|m|h|d)", Pattern.CASE_INSENSITIVE);
  private static final Pattern WITHOUT_UNIT = Pattern.compile("\\+?[0-9]+");

  private Durations() {}

  /**
   * @throws IllegalArgumentException with the allowed forms
   */
  public static Duration parse(String text) {
    Matcher form = SHORT.matcher(text.strip());
    try {
      Duration duration =
          form.matches()
              ? Duration.of(Long.parseLong(form.group(1)), unit(form.group(2)))
              : Duration.parse(text.strip());
      if (duration.isNegative()) {
        throw new IllegalArgumentException("a duration cannot be negative: " + text);
      }
      return duration;
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration such as 90s, 30m, 24h, 7d or PT1H30M");
    }
  }

  /**
   * Parses a setting of the environment. There a number without a unit is in milliseconds, as
   * Spring reads it; the options refuse one, because people mean seconds or hours by it.
   *
   * @param setting name of the setting, for the message
   * @throws IllegalArgumentException with the setting and the allowed forms
   */
  public static Duration parseSetting(String setting, String text) {
    try {
      return parse(WITHOUT_UNIT.matcher(text.strip()).matches() ? text.strip() + "ms" : text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting + ": " + e.getMessage());
    }
  }

  private static ChronoUnit unit(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "ns" -> ChronoUnit.NANOS;
      case "us" -> ChronoUnit.MICROS;
      case "ms" -> ChronoUnit.MILLIS;
      case "s" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MINUTES;
      case "h" -> ChronoUnit.HOURS;
      default -> ChronoUnit.DAYS;
    };
  }

  /**
   * Formats a duration so that {@link #parse} can read it, in the largest exact unit; days are used
   * from two days on.
   */
  public static String write(Duration duration) {
    if (duration.toNanosPart() != 0 || duration.isNegative()) {
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
