package io.pgproof.postgres.server;

import io.pgproof.backup.format.PostgresVersion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The start options of every session with a restored server. They are needed because {@code ALTER
 * ROLE} and {@code ALTER DATABASE} in the copy override the server's command line, and these
 * options override them.
 */
public final class SessionOptions {
  private SessionOptions() {}

  /**
   * Returns the options for our own SQL, which names its schemas; without a schema name it finds
   * only the catalog.
   */
  public static String forStatements(PostgresVersion version, Duration statementLimit) {
    Map<String, String> options = common(version, statementLimit);
    options.put("search_path", "pg_catalog");
    return text(options);
  }

  /**
   * Returns the options for the user's SQL, which is read-only and finds the same names as psql.
   */
  static String users(PostgresVersion version, Duration statementLimit) {
    Map<String, String> options = common(version, statementLimit);
    options.put("default_transaction_read_only", "on");
    return text(options);
  }

  private static Map<String, String> common(PostgresVersion version, Duration statementLimit) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("session_preload_libraries", "");
    options.put("local_preload_libraries", "");
    options.put("role", "none");
    options.put(
        "statement_timeout",
        String.valueOf(Math.min(statementLimit.toMillis(), Integer.MAX_VALUE)));
    options.put("lock_timeout", "0");
    options.put("idle_in_transaction_session_timeout", "0");
    options.put("idle_session_timeout", "0");
    options.put("transaction_timeout", "0");
    options.put("event_triggers", "off");
    options.put("lc_messages", "C");
    options.put("client_min_messages", "error");
    // The error of a statement can quote a row. It goes to the client, not to the server's log.
    options.put("log_min_messages", "fatal");
    options.put("log_min_error_statement", "panic");
    options.put("log_statement", "none");
    options.put("log_min_duration_statement", "-1");
    // Each of these would hide damage.
    options.put("zero_damaged_pages", "off");
    options.put("ignore_checksum_failure", "off");
    options.keySet().removeIf(name -> !version.hasSetting(name));
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
