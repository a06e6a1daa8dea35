package io.pgproof.postgres.recovery;

import static io.pgproof.postgres.recovery.RecoveryRequest.DATA;
import static io.pgproof.postgres.recovery.RecoveryRequest.SETTINGS;
import static io.pgproof.postgres.recovery.RecoveryRequest.SOCKET;

import io.pgproof.backup.format.PostgresVersion;
import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.postgres.server.ServerLog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of a restored server (source: the chapter Server Configuration of the manual). Those
 * that its version does not know are left out, because a server does not start with them.
 */
final class RecoverySettings {
  private static final int CONNECTIONS = 20;
  // The server touches half of the lock table at start, so a source's huge table is not adopted
  // completely.
  private static final long MOST_LOCKS = 400_000;
  private static final long MIB = 1 << 20;

  private record Setting(String name, String value, boolean decisive) {}

  private final List<Setting> settings = new ArrayList<>();

  private RecoverySettings(RecoveryRequest order) {
    places();
    disableActivity();
    tellsRecoveryButNoRows();
    skipDurability(order);
    adoptSourceLimits(order);
    recoversToTheEnd(order);
  }

  /** Returns all settings for {@code postgresql.conf}, in a stable order. */
  static Map<String, String> file(RecoveryRequest order) {
    return new RecoverySettings(order).known(order.version(), false);
  }

  /**
   * Returns the settings that are also given on the server's command line, where nothing in the
   * copy can override them for the server.
   */
  static Map<String, String> commandLine(RecoveryRequest order) {
    return new RecoverySettings(order).known(order.version(), true);
  }

  /**
   * Returns the command that fetches one WAL file into the data directory, or reports that it does
   * not exist.
   */
  static String restoreCommand(RecoveryRequest order) {
    return order.walArchive()
        ? "/bin/sh " + SETTINGS + "/" + RecoveryPreparation.FETCH_WAL + " %f %p"
        : "false";
  }

  private Map<String, String> known(PostgresVersion version, boolean decisiveOnly) {
    Map<String, String> known = new LinkedHashMap<>();
    for (Setting setting : settings) {
      if (version.hasSetting(setting.name) && (setting.decisive || !decisiveOnly)) {
        known.put(setting.name, setting.value);
      }
    }
    return known;
  }

  private void places() {
    setUnchangeable("data_directory", DATA);
    setUnchangeable("hba_file", SETTINGS + "/pg_hba.conf");
    setUnchangeable("ident_file", SETTINGS + "/pg_ident.conf");
    setUnchangeable("listen_addresses", "");
    setUnchangeable("port", String.valueOf(ServerAddress.PORT));
    setUnchangeable("unix_socket_directories", SOCKET);
    setUnchangeable("unix_socket_group", "");
    setUnchangeable("unix_socket_permissions", "0700");
    setUnchangeable("bonjour", "off");
    setUnchangeable("ssl", "off");
    plain("krb_server_keyfile", "");
    plain("db_user_namespace", "off");
    plain("cluster_name", "");
    plain("update_process_title", "off");
  }

  private void disableActivity() {
    setUnchangeable("archive_mode", "off");
    setUnchangeable("archive_command", "");
    setUnchangeable("archive_library", "");
    setUnchangeable("shared_preload_libraries", "");
    setUnchangeable("session_preload_libraries", "");
    setUnchangeable("local_preload_libraries", "");
    setUnchangeable("dynamic_library_path", "$libdir");
    setUnchangeable("synchronous_standby_names", "");
    setUnchangeable("max_wal_senders", "0");
    setUnchangeable("max_logical_replication_workers", "0");
    setUnchangeable("sync_replication_slots", "off");
    setUnchangeable("synchronized_standby_slots", "");
    setUnchangeable("summarize_wal", "off");
    setUnchangeable("allow_alter_system", "off");
    setUnchangeable("event_triggers", "off");
    setUnchangeable("oauth_validator_libraries", "");
    setUnchangeable("cron.launch_active_jobs", "off");
    setUnchangeable("autovacuum", "off");
    // Vacuum workers that prevent wraparound start even if autovacuum is off.
    setUnchangeable("autovacuum_freeze_max_age", "2000000000");
    setUnchangeable("autovacuum_multixact_freeze_max_age", "2000000000");
    // After a crash nothing that the server says can be trusted, so it does not restart.
    setUnchangeable("restart_after_crash", "off");
    plain("default_tablespace", "");
    plain("temp_tablespaces", "");
    plain("statement_timeout", "0");
    plain("lock_timeout", "0");
    plain("idle_in_transaction_session_timeout", "0");
    plain("idle_session_timeout", "0");
    plain("transaction_timeout", "0");
  }

  private void tellsRecoveryButNoRows() {
    setUnchangeable("log_destination", "stderr");
    setUnchangeable("logging_collector", "off");
    setUnchangeable("log_line_prefix", ServerLog.PREFIX);
    setUnchangeable("log_timezone", "UTC");
    setUnchangeable("lc_messages", "C");
    setUnchangeable("log_min_messages", "warning");
    setUnchangeable("log_min_error_statement", "panic");
    setUnchangeable("log_error_verbosity", "terse");
    setUnchangeable("log_statement", "none");
    setUnchangeable("log_duration", "off");
    setUnchangeable("log_min_duration_statement", "-1");
    setUnchangeable("log_min_duration_sample", "-1");
    setUnchangeable("log_transaction_sample_rate", "0");
    setUnchangeable("log_parameter_max_length", "0");
    setUnchangeable("log_parameter_max_length_on_error", "0");
    plain("log_autovacuum_min_duration", "-1");
    plain("log_lock_waits", "off");
    plain("log_temp_files", "-1");
    plain("log_connections", "off");
    plain("log_disconnections", "off");
    plain("log_replication_commands", "off");
    plain("log_parser_stats", "off");
    plain("log_planner_stats", "off");
    plain("log_executor_stats", "off");
    plain("log_statement_stats", "off");
    plain("debug_print_parse", "off");
    plain("debug_print_rewritten", "off");
    plain("debug_print_plan", "off");
    plain("backtrace_functions", "");
    plain("log_checkpoints", "on");
    plain("log_startup_progress_interval", "2s");
    plain("timezone", "UTC");
  }

  private void skipDurability(RecoveryRequest order) {
    setUnchangeable("fsync", "off");
    plain("full_page_writes", "off");
    plain("synchronous_commit", "off");
    plain("wal_level", "replica");
    plain("shared_buffers", "128MB");
    plain("huge_pages", "off");
    plain("shared_memory_type", "mmap");
    plain("dynamic_shared_memory_type", "posix");
    plain("jit", "off");
    plain("wal_init_zero", "off");
    plain("wal_recycle", "off");
    plain("checkpoint_timeout", "1d");
    plain("checkpoint_warning", "0");
    long segment = Math.max(order.control().walSegmentSize(), MIB);
    // The server does not start if these allow fewer than two segments.
    plain("min_wal_size", 2 * segment / MIB + "MB");
    // Segments fetched from an archive are only removed at a restartpoint. Without an archive there
    // is nothing to remove.
    long most = order.walArchive() ? Math.max(4L << 30, 8 * segment) : 1L << 40;
    plain("max_wal_size", most / MIB + "MB");
  }

  private void adoptSourceLimits(RecoveryRequest order) {
    // The source can have been set to a higher value after the backup, and its prepared
    // transactions are replayed too.
    int prepared =
        Math.max(
            Math.max(0, order.control().maxPreparedTransactions()),
            order.replay().settings().preparedTransactions());
    plain("max_connections", String.valueOf(CONNECTIONS));
    plain("max_worker_processes", "8");
    plain("max_prepared_transactions", String.valueOf(prepared));
    plain("max_locks_per_transaction", String.valueOf(locks(order, prepared)));
    // More than the origins that a source can have; with too few, the replay of its WAL ends.
    plain("max_replication_slots", "1000");
    plain("max_active_replication_origins", "1000");
    // The value off would discard the source's commit times, and a freshness query can ask for
    // them.
    plain("track_commit_timestamp", "on");
    plain("zero_damaged_pages", "off");
    plain("ignore_checksum_failure", "off");
    plain("ignore_invalid_pages", "off");
  }

  /**
   * Returns a value that allows as many locks in total as on the source, because reading everything
   * locks every table.
   */
  private static long locks(RecoveryRequest order, int prepared) {
    ReplayPlan.Raised raised = order.replay().settings();
    long perTransaction =
        Math.max(
            64, Math.max(order.control().maxLocksPerTransaction(), raised.locksPerTransaction()));
    long connections =
        Math.max(0, Math.max(order.control().maxConnections(), raised.connections()));
    long source = perTransaction * (connections + prepared);
    long shared =
        (Math.min(source, MOST_LOCKS) + CONNECTIONS + prepared - 1) / (CONNECTIONS + prepared);
    return Math.max(perTransaction, shared);
  }

  private void recoversToTheEnd(RecoveryRequest order) {
    setUnchangeable("hot_standby", "off");
    setUnchangeable("restore_command", restoreCommand(order));
    setUnchangeable("archive_cleanup_command", "");
    setUnchangeable("recovery_end_command", "");
    setUnchangeable("primary_conninfo", "");
    setUnchangeable("primary_slot_name", "");
    setUnchangeable("promote_trigger_file", "");
    setUnchangeable("recovery_target", "");
    setUnchangeable("recovery_target_lsn", "");
    setUnchangeable("recovery_target_name", "");
    setUnchangeable("recovery_target_time", "");
    setUnchangeable("recovery_target_xid", "");
    setUnchangeable("recovery_target_action", "promote");
    setUnchangeable(
        "recovery_target_timeline",
        order.replay().target().map(Integer::toUnsignedString).orElse("current"));
    setUnchangeable("recovery_min_apply_delay", "0");
  }

  private void setUnchangeable(String name, String value) {
    settings.add(new Setting(name, value, true));
  }

  private void plain(String name, String value) {
    settings.add(new Setting(name, value, false));
  }
}
