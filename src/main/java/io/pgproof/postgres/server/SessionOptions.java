package io.pgproof.postgres.server;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What every session with a restored server starts with, for {@code ALTER ROLE} and {@code ALTER
 * DATABASE} in the copy beat the server's own command line, and these beat them.
 */
public final class SessionOptions {
  private SessionOptions() {}

  /** For our own SQL, which names its schemas and finds nothing but the catalog without. */
  public static String ours(int major, Duration statementLimit) {
    Map<String, String> options = common(major, statementLimit);
    options.put("search_path", "pg_catalog");
    return text(options);
  }

  /** For the user's SQL, which reads only and finds what it would find in psql. */
  static String users(int major, Duration statementLimit) {
    Map<String, String> options = common(major, statementLimit);
    options.put("default_transaction_read_only", "on");
    return text(options);
  }

  private static Map<String, String> common(int major, Duration statementLimit) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("session_preload_libraries", "");
    options.put("local_preload_libraries", "");
    options.put("role", "none");
    options.put(
        "statement_timeout",
        String.valueOf(Math.min(statementLimit.toMillis(), Integer.MAX_VALUE)));
    options.put("lock_timeout", "0");
    options.put("idle_in_transaction_session_timeout", "0");
    if (major >= 14) {
      options.put("idle_session_timeout", "0");
    }
    if (major >= 17) {
      options.put("transaction_timeout", "0");
      options.put("event_triggers", "off");
    }
    options.put("lc_messages", "C");
    options.put("client_min_messages", "error");
    // A statement's error may quote a row: it goes to whoever asked, not to the server's log.
    options.put("log_min_messages", "fatal");
    options.put("log_min_error_statement", "panic");
    options.put("log_statement", "none");
    options.put("log_min_duration_statement", "-1");
    // Any of these would let damage pass unseen.
    options.put("zero_damaged_pages", "off");
    options.put("ignore_checksum_failure", "off");
    return options;
  }

  private static String text(Map<String, String> options) {
    StringBuilder text = new StringBuilder();
    options.forEach(
        (name, value) ->
            text.append(text.length() == 0 ? "" : " ")
                .append("-c ")
                .append(name)
                .append('=')
                .append(value));
    return text.toString();
  }
}
