package io.pgproof.postgres.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line that a server wrote with the prefix {@link ServerLog#PREFIX}.
 *
 * @param sqlState five characters; empty if the server wrote the line before it knew the prefix
 * @param severity such as {@code LOG} or {@code FATAL}
 * @param message the rest of the line
 */
public record LogLine(String sqlState, String severity, String message) {
  private static final Pattern FORM =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\S+ \\[\\d+\\] (?:([0-9A-Z]{5}) )?"
              + "(LOG|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|CONTEXT|STATEMENT):  (.*)");

  /**
   * Parses a line; empty for a line that the server did not write itself, such as one of the shell
   * or of a program that it started.
   */
  public static Optional<LogLine> parse(String line) {
    Matcher matcher = FORM.matcher(line);
    return matcher.matches()
        ? Optional.of(
            new LogLine(
                matcher.group(1) == null ? "" : matcher.group(1),
                matcher.group(2),
                matcher.group(3)))
        : Optional.empty();
  }

  public boolean fatal() {
    return severity.equals("FATAL") || severity.equals("PANIC");
  }

  @Override
  public String toString() {
    return severity + ":  " + message;
  }
}
