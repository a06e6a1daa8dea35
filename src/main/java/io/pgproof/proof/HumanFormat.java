package io.pgproof.proof;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats durations, times and sizes for people. */
public final class HumanFormat {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int LONGEST_TEXT = 3_500;

  private HumanFormat() {}

  /**
   * Formats a duration in its two largest units: {@code 26 h 3 min}, {@code 12 s}, {@code 3 d 4 h}.
   */
  public static String duration(Duration duration) {
    long seconds = duration.abs().toSeconds();
    String sign = duration.isNegative() ? "-" : "";
    if (seconds < 60) {
      return sign + seconds + " s";
    }
    if (seconds < 3600) {
      return sign + pair(seconds / 60, "min", seconds % 60, "s");
    }
    if (seconds < 259_200) {
      return sign + pair(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return sign + pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  /**
   * Formats a duration that was measured: below ten seconds with two decimals, {@code 0.84 s},
   * below a minute with one, {@code 23.9 s}, otherwise as {@link #duration} does.
   */
  public static String measured(Duration duration) {
    long whole = duration.abs().toSeconds();
    return whole < 60
        ? String.format(Locale.ROOT, whole < 10 ? "%.2f s" : "%.1f s", duration.toMillis() / 1000.0)
        : duration(duration);
  }

  /** Formats a time in UTC, to the second: {@code 2026-11-22 20:34:15 UTC}. */
  public static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** Formats a size in powers of 1024 with one decimal: {@code 534.2 MiB}. */
  public static String bytes(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double amount = bytes;
    int unit = -1;
    while (amount >= 1024 && unit < 3) {
      amount /= 1024;
      unit++;
    }
    return String.format(
        Locale.ROOT, "%.1f %s", amount, new String[] {"KiB", "MiB", "GiB", "TiB"}[unit]);
  }

  private static String pair(long big, String bigUnit, long small, String smallUnit) {
    return small == 0 ? big + " " + bigUnit : big + " " + bigUnit + " " + small + " " + smallUnit;
  }

  /** Shortens a text to the maximum length of the engine's variables. */
  public static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= LONGEST_TEXT
        ? text
        : text.substring(0, LONGEST_TEXT) + " …";
  }
}
