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
    nothingActs();
    tellsRecoveryButNoRows();
    endsQuickly(order);
    readsTheSource(order);
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
    decisive("data_directory", DATA);
    decisive("hba_file", SETTINGS + "/pg_hba.conf");
    decisive("ident_file", SETTINGS + "/pg_ident.conf");
    decisive("listen_addresses", "");
    decisive("port", String.valueOf(ServerAddress.PORT));
    decisive("unix_socket_directories", SOCKET);
    decisive("unix_socket_group", "");
    decisive("unix_socket_permissions", "0700");
    decisive("bonjour", "off");
    decisive("ssl", "off");
    plain("krb_server_keyfile", "");
    plain("db_user_namespace", "off");
    plain("cluster_name", "");
    plain("update_process_title", "off");
  }

  private void nothingActs() {
    decisive("archive_mode", "off");
    decisive("archive_command", "");
    decisive("archive_library", "");
    decisive("shared_preload_libraries", "");
    decisive("session_preload_libraries", "");
    decisive("local_preload_libraries", "");
    decisive("dynamic_library_path", "$libdir");
    decisive("synchronous_standby_names", "");
    decisive("max_wal_senders", "0");
    decisive("max_logical_replication_workers", "0");
    decisive("sync_replication_slots", "off");
    decisive("synchronized_standby_slots", "");
    decisive("summarize_wal", "off");
    decisive("allow_alter_system", "off");
    decisive("event_triggers", "off");
    decisive("oauth_validator_libraries", "");
    decisive("cron.launch_active_jobs", "off");
    decisive("autovacuum", "off");
    // Vacuum workers that prevent wraparound start even if autovacuum is off.
    decisive("autovacuum_freeze_max_age", "2000000000");
    decisive("autovacuum_multixact_freeze_max_age", "2000000000");
    // After a crash nothing that the server says can be trusted, so it does not restart.
    decisive("restart_after_crash", "off");
    plain("default_tablespace", "");
    plain("temp_tablespaces", "");
    plain("statement_timeout", "0");
    plain("lock_timeout", "0");
    plain("idle_in_transaction_session_timeout", "0");
    plain("idle_session_timeout", "0");
    plain("transaction_timeout", "0");
  }

  private void tellsRecoveryButNoRows() {
    decisive("log_destination", "stderr");
    decisive("logging_collector", "off");
    decisive("log_line_prefix", ServerLog.PREFIX);
    decisive("log_timezone", "UTC");
    decisive("lc_messages", "C");
    decisive("log_min_messages", "warning");
    decisive("log_min_error_statement", "panic");
    decisive("log_error_verbosity", "terse");
    decisive("log_statement", "none");
    decisive("log_duration", "off");
    decisive("log_min_duration_statement", "-1");
    decisive("log_min_duration_sample", "-1");
    decisive("log_transaction_sample_rate", "0");
    decisive("log_parameter_max_length", "0");
    decisive("log_parameter_max_length_on_error", "0");
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

  private void endsQuickly(RecoveryRequest order) {
    decisive("fsync", "off");
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

  private void readsTheSource(RecoveryRequest order) {
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
    decisive("hot_standby", "off");
    decisive("restore_command", restoreCommand(order));
    decisive("archive_cleanup_command", "");
    decisive("recovery_end_command", "");
    decisive("primary_conninfo", "");
    decisive("primary_slot_name", "");
    decisive("promote_trigger_file", "");
    decisive("recovery_target", "");
    decisive("recovery_target_lsn", "");
    decisive("recovery_target_name", "");
    decisive("recovery_target_time", "");
    decisive("recovery_target_xid", "");
    decisive("recovery_target_action", "promote");
    decisive(
        "recovery_target_timeline",
        order.replay().target().map(Integer::toUnsignedString).orElse("current"));
    decisive("recovery_min_apply_delay", "0");
  }

  private void decisive(String name, String value) {
    settings.add(new Setting(name, value, true));
  }

  private void plain(String name, String value) {
    settings.add(new Setting(name, value, false));
  }
}
