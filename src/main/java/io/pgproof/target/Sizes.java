package io.pgproof.target;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses and formats sizes as people write them: {@code 512M}, {@code 2G}, or plain bytes; units
 * are powers of 1024.
 */
public final class Sizes {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,12})([KMGT]?)i?B?", Pattern.CASE_INSENSITIVE);

  private Sizes() {}

  /**
   * @return bytes
   * @throws IllegalArgumentException with the allowed forms
   */
  public static long parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a size such as 512M or 2G");
    }
    long amount = Long.parseLong(form.group(1));
    int power =
        form.group(2).isEmpty()
            ? 0
            : "KMGT".indexOf(Character.toUpperCase(form.group(2).charAt(0))) + 1;
    try {
      return Math.multiplyExact(amount, 1L << (10 * power));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("'" + text + "' is larger than any machine");
    }
  }

  /**
   * Parses a setting of the environment.
   *
   * @param setting name of the setting, for the message
   * @return bytes
   * @throws IllegalArgumentException with the setting and the allowed forms
   */
  public static long parseSetting(String setting, String text) {
    try {
      return parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting + ": " + e.getMessage());
    }
  }

  /** Formats a size so that {@link #parse} can read it, in the largest exact unit. */
  public static String write(long bytes) {
    int power = bytes == 0 ? 0 : Math.min(4, Long.numberOfTrailingZeros(bytes) / 10);
    return (bytes >> (10 * power)) + (power == 0 ? "" : "KMGT".substring(power - 1, power));
  }
}
