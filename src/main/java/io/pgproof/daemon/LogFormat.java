package io.pgproof.daemon;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.util.List;
import org.springframework.core.env.StandardEnvironment;

/** The setting for the format of the log. */
final class LogFormat {
  private static final String SETTING = "logging.structured.format.console";

  /** Each has a file below {@code logging/}; without the setting, the log is text. */
  private static final List<String> FORMATS = List.of("ecs", "logstash");

  private LogFormat() {}

  /**
   * Checks the setting. Spring Boot would only say that it cannot set up the log.
   *
   * @throws UsageException when there is no such format
   */
  static void check() {
    String format = new StandardEnvironment().getProperty(SETTING);
    if (format != null && !FORMATS.contains(format)) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "the setting " + SETTING + " is wrong: '" + format + "' is not a format of the log",
          "set LOGGING_STRUCTURED_FORMAT_CONSOLE to "
              + String.join(" or ", FORMATS)
              + ", or leave it out for text");
    }
  }
}
