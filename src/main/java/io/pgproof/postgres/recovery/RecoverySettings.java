package io.pgproof.postgres.recovery;

import static io.pgproof.postgres.recovery.RecoveryRequest.DATA;
import static io.pgproof.postgres.recovery.RecoveryRequest.SETTINGS;
import static io.pgproof.postgres.recovery.RecoveryRequest.SOCKET;

import io.pgproof.backup.wal.ReplayPlan;
import io.pgproof.postgres.server.ServerAddress;
import io.pgproof.postgres.server.ServerLog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of a restored server, by version. A server does not start with a setting that its
 * version does not know.
 *
 * <p>Source: the chapter Server Configuration of the manual and the release notes of each version.
 */
final class RecoverySettings {
  private static final int EVER = Integer.MAX_VALUE;
  private static final int CONNECTIONS = 20;
  // The server touches half of the lock table at start, so a source's huge table is not adopted
  // completely.
  private static final long MOST_LOCKS = 400_000;
  private static final long MIB = 1 << 20;

  private record Setting(String name, String value, int since, int until, boolean decisive) {}

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
    return new RecoverySettings(order).known(order.major(), false);
  }

  /**
   * Returns the settings that are also given on the server's command line, where nothing in the
   * copy can override them for the server.
   */
  static Map<String, String> commandLine(RecoveryRequest order) {
    return new RecoverySettings(order).known(order.major(), true);
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

  private Map<String, String> known(int major, boolean decisiveOnly) {
    Map<String, String> known = new LinkedHashMap<>();
    for (Setting setting : settings) {
      if (setting.since <= major && major <= setting.until && (setting.decisive || !decisiveOnly)) {
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
    until(16, "db_user_namespace", "off");
    plain("cluster_name", "");
    plain("update_process_title", "off");
  }

  private void nothingActs() {
    decisive("archive_mode", "off");
    decisive("archive_command", "");
    decisiveSince(15, "archive_library", "");
    decisive("shared_preload_libraries", "");
    decisive("session_preload_libraries", "");
    decisive("local_preload_libraries", "");
    decisive("dynamic_library_path", "$libdir");
    decisive("synchronous_standby_names", "");
    decisive("max_wal_senders", "0");
    decisive("max_logical_replication_workers", "0");
    decisiveSince(17, "sync_replication_slots", "off");
    decisiveSince(17, "synchronized_standby_slots", "");
    decisiveSince(17, "summarize_wal", "off");
    decisiveSince(17, "allow_alter_system", "off");
    decisiveSince(17, "event_triggers", "off");
    decisiveSince(18, "oauth_validator_libraries", "");
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
    since(14, "idle_session_timeout", "0");
    since(17, "transaction_timeout", "0");
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
    decisiveSince(13, "log_min_duration_sample", "-1");
    decisiveSince(12, "log_transaction_sample_rate", "0");
    decisiveSince(13, "log_parameter_max_length", "0");
    decisiveSince(13, "log_parameter_max_length_on_error", "0");
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
    since(13, "backtrace_functions", "");
    plain("log_checkpoints", "on");
    since(15, "log_startup_progress_interval", "2s");
    plain("timezone", "UTC");
  }

  private void endsQuickly(RecoveryRequest order) {
    decisive("fsync", "off");
    plain("full_page_writes", "off");
    plain("synchronous_commit", "off");
    plain("wal_level", "replica");
    plain("shared_buffers", "128MB");
    plain("huge_pages", "off");
    since(12, "shared_memory_type", "mmap");
    plain("dynamic_shared_memory_type", "posix");
    since(11, "jit", "off");
    since(12, "wal_init_zero", "off");
    since(12, "wal_recycle", "off");
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
    since(18, "max_active_replication_origins", "1000");
    // The value off would discard the source's commit times, and a freshness query can ask for
    // them.
    plain("track_commit_timestamp", "on");
    plain("zero_damaged_pages", "off");
    plain("ignore_checksum_failure", "off");
    since(13, "ignore_invalid_pages", "off");
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
    decisiveSince(12, "restore_command", restoreCommand(order));
    decisiveSince(12, "archive_cleanup_command", "");
    decisiveSince(12, "recovery_end_command", "");
    decisiveSince(12, "primary_conninfo", "");
    decisiveSince(12, "primary_slot_name", "");
    settings.add(new Setting("promote_trigger_file", "", 12, 15, true));
    decisiveSince(12, "recovery_target", "");
    decisiveSince(12, "recovery_target_lsn", "");
    decisiveSince(12, "recovery_target_name", "");
    decisiveSince(12, "recovery_target_time", "");
    decisiveSince(12, "recovery_target_xid", "");
    decisiveSince(12, "recovery_target_action", "promote");
    decisiveSince(
        12,
        "recovery_target_timeline",
        order.replay().target().map(Integer::toUnsignedString).orElse("current"));
    decisiveSince(12, "recovery_min_apply_delay", "0");
  }

  private void decisive(String name, String value) {
    settings.add(new Setting(name, value, 0, EVER, true));
  }

  private void decisiveSince(int major, String name, String value) {
    settings.add(new Setting(name, value, major, EVER, true));
  }

  private void plain(String name, String value) {
    settings.add(new Setting(name, value, 0, EVER, false));
  }

  private void since(int major, String name, String value) {
    settings.add(new Setting(name, value, major, EVER, false));
  }

  private void until(int major, String name, String value) {
    settings.add(new Setting(name, value, 0, major, false));
  }
}
