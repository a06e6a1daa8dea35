package io.pgproof.workflow.engine;

import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of each day in which the engine removes old history, in the time zone of the machine.
 *
 * @param until before {@code from} for a window over midnight
 */
public record CleanupWindow(LocalTime from, LocalTime until) {
  private static final Pattern TEXT = Pattern.compile("(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)");

  /**
   * Reads a window such as {@code 00:00-05:00}.
   *
   * @param setting name of the setting, for the message
   * @throws IllegalArgumentException with the setting and an example
   */
  static CleanupWindow parse(String setting, String text) {
    Matcher parts = TEXT.matcher(text.strip());
    try {
      if (parts.matches()) {
        CleanupWindow window =
            new CleanupWindow(LocalTime.parse(parts.group(1)), LocalTime.parse(parts.group(2)));
        if (!window.from.equals(window.until)) {
          return window;
        }
      }
    } catch (DateTimeParseException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        setting + ": '" + text + "' is not a part of the day such as 00:00-05:00 or 22:30-04:00");
  }
}
