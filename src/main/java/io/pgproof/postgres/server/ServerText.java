package io.pgproof.postgres.server;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Makes text of an untrusted server fit to show: without control characters, with limited length,
 * and without the content of rows.
 */
public final class ServerText {
  private static final int LONGEST = 2000;

  private ServerText() {}

  /** Returns severity, message, hint and position; never DETAIL or WHERE, which quote rows. */
  public static String of(SQLException failure) {
    if (!(failure instanceof PSQLException said) || said.getServerErrorMessage() == null) {
      return clean(String.valueOf(failure.getMessage()));
    }
    ServerErrorMessage message = said.getServerErrorMessage();
    StringBuilder words =
        new StringBuilder().append(message.getSeverity()).append(":  ").append(message(failure));
    if (message.getPosition() > 0) {
      words.append(" at character ").append(message.getPosition());
    }
    if (message.getHint() != null) {
      words.append("\nHINT:  ").append(clean(message.getHint()));
    }
    return words.toString();
  }

  /** Returns only the server's message, on one line. */
  public static String message(SQLException failure) {
    if (!(failure instanceof PSQLException said) || said.getServerErrorMessage() == null) {
      return clean(String.valueOf(failure.getMessage()));
    }
    String message = clean(said.getServerErrorMessage().getMessage());
    // Data exceptions quote the rejected value, which can come from a row.
    return String.valueOf(failure.getSQLState()).startsWith("22")
        ? message.replaceFirst("\".*\"", "\"(value not shown)\"")
        : message;
  }

  /**
   * Works like {@link #message} for errors from stored data or the copy's own functions. It returns
   * only the code if the text can contain data of a row.
   */
  public static String withoutRows(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.matches("(?:XX|0A|08|28|3D|5[3-8]).*") || StoredDataError.matches(failure)
        ? message(failure)
        : "an error with SQLSTATE " + state;
  }

  /** Formats a count, such as {@code 1 index} or {@code 1,234 indexes}. */
  public static String count(long n, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", n, n == 1 ? one : many);
  }

  /** Returns one line without control characters, shortened if it is too long for a person. */
  public static String clean(String text) {
    if (text == null) {
      return "";
    }
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    StringBuilder clean = new StringBuilder(cut.length());
    cut.codePoints()
        .forEach(
            point -> {
              int type = Character.getType(point);
              boolean unfit =
                  Character.isISOControl(point)
                      || type == Character.FORMAT
                      || type == Character.SURROGATE
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR;
              clean.appendCodePoint(unfit ? ' ' : point);
            });
    return clean.toString().strip();
  }

  /** Formats a duration in its two largest units, such as {@code 26 h 3 min}. */
  public static String of(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    long days = seconds / 86_400;
    if (days >= 3) {
      return two(days, "d", seconds % 86_400 / 3600, "h");
    }
    if (seconds >= 3600) {
      return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return seconds >= 60 ? two(seconds / 60, "min", seconds % 60, "s") : seconds + " s";
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }
}
