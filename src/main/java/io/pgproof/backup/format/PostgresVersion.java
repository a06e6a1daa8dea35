package io.pgproof.backup.format;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The major versions of PostgreSQL that pgproof knows, one row each, and every fact that depends on
 * the version. No other class compares version numbers.
 *
 * <p>Columns: the major version; {@code PG_CONTROL_VERSION} (source: {@code
 * src/include/catalog/pg_control.h}); the layout of the control file; {@code XLOG_PAGE_MAGIC}
 * (source: {@code src/include/access/xlog_internal.h}); the version of {@code backup_manifest}, 0
 * for none; the settings that this version added and those that it removed, as far as pgproof uses
 * them (source: the release notes).
 */
public enum PostgresVersion {
  V10(
      10,
      1002,
      new ControlFile.Layout(56, 104, 180, false, 216, 252, 288),
      0xD097,
      0,
      List.of(),
      List.of()),
  V11(
      11,
      1100,
      new ControlFile.Layout(48, 96, 172, false, 208, 244, 280),
      0xD098,
      0,
      List.of("jit"),
      List.of()),
  V12(
      12,
      1201,
      new ControlFile.Layout(48, 104, 180, true, 216, 252, 288),
      0xD101,
      0,
      List.of(
          "archive_cleanup_command",
          "log_transaction_sample_rate",
          "primary_conninfo",
          "primary_slot_name",
          "promote_trigger_file",
          "recovery_end_command",
          "recovery_min_apply_delay",
          "recovery_target",
          "recovery_target_action",
          "recovery_target_lsn",
          "recovery_target_name",
          "recovery_target_time",
          "recovery_target_timeline",
          "recovery_target_xid",
          "restore_command",
          "shared_memory_type",
          "wal_init_zero",
          "wal_recycle"),
      List.of()),
  V13(
      13,
      1300,
      V12.controlFileLayout,
      0xD106,
      1,
      List.of(
          "backtrace_functions",
          "ignore_invalid_pages",
          "log_min_duration_sample",
          "log_parameter_max_length",
          "log_parameter_max_length_on_error"),
      List.of()),
  V14(14, 1300, V12.controlFileLayout, 0xD10D, 1, List.of("idle_session_timeout"), List.of()),
  V15(
      15,
      1300,
      V12.controlFileLayout,
      0xD110,
      1,
      List.of("archive_library", "log_startup_progress_interval"),
      List.of()),
  V16(16, 1300, V12.controlFileLayout, 0xD113, 1, List.of(), List.of("promote_trigger_file")),
  V17(
      17,
      1700,
      V12.controlFileLayout,
      0xD116,
      2,
      List.of(
          "allow_alter_system",
          "event_triggers",
          "summarize_wal",
          "sync_replication_slots",
          "synchronized_standby_slots",
          "transaction_timeout"),
      List.of("db_user_namespace")),
  V18(
      18,
      1800,
      new ControlFile.Layout(48, 104, 180, true, 216, 252, 292),
      0xD118,
      2,
      List.of("max_active_replication_origins", "oauth_validator_libraries"),
      List.of());

  /** The oldest version that pgproof knows. */
  public static final PostgresVersion OLDEST = values()[0];

  /** The newest version that pgproof knows. */
  public static final PostgresVersion NEWEST = values()[values().length - 1];

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

  private final int major;
  private final int controlFileVersion;
  private final ControlFile.Layout controlFileLayout;
  private final int walPageMagic;
  private final int manifestVersion;
  private final List<String> addedSettings;
  private final List<String> removedSettings;

  PostgresVersion(
      int major,
      int controlFileVersion,
      ControlFile.Layout controlFileLayout,
      int walPageMagic,
      int manifestVersion,
      List<String> addedSettings,
      List<String> removedSettings) {
    this.major = major;
    this.controlFileVersion = controlFileVersion;
    this.controlFileLayout = controlFileLayout;
    this.walPageMagic = walPageMagic;
    this.manifestVersion = manifestVersion;
    this.addedSettings = addedSettings;
    this.removedSettings = removedSettings;
  }

  /** Returns the version with this major number; empty if pgproof does not know it. */
  public static Optional<PostgresVersion> of(int major) {
    return Arrays.stream(values()).filter(version -> version.major == major).findFirst();
  }

  /** Parses a major number as {@code PG_VERSION} contains it; empty if pgproof does not know it. */
  public static Optional<PostgresVersion> parse(String major) {
    return NUMBER.matcher(major).matches() ? of(Integer.parseInt(major)) : Optional.empty();
  }

  /** Returns the version that writes WAL pages with this magic number; empty if none does. */
  static Optional<PostgresVersion> ofWalPage(int magic) {
    return Arrays.stream(values()).filter(version -> version.walPageMagic == magic).findFirst();
  }

  /** Returns the layout of a control file of this version; empty if no known version writes it. */
  static Optional<ControlFile.Layout> controlFileLayout(int controlFileVersion) {
    return Arrays.stream(values())
        .filter(version -> version.controlFileVersion == controlFileVersion)
        .map(version -> version.controlFileLayout)
        .findFirst();
  }

  /** Returns the versions of {@code backup_manifest} that pgproof knows, in ascending order. */
  static List<Integer> manifestVersions() {
    return Arrays.stream(values())
        .filter(PostgresVersion::writesManifest)
        .map(version -> version.manifestVersion)
        .distinct()
        .toList();
  }

  /** Returns the versions that pgproof knows, such as {@code PostgreSQL 10 to 18}. */
  public static String known() {
    return OLDEST.andLater();
  }

  /** Returns the versions that write a manifest, such as {@code PostgreSQL 13 to 18}. */
  static String knownWithManifest() {
    return Arrays.stream(values())
        .filter(PostgresVersion::writesManifest)
        .findFirst()
        .orElseThrow()
        .andLater();
  }

  private String andLater() {
    return this + " to " + NEWEST.major;
  }

  /** Returns the major version, such as 15. */
  public int major() {
    return major;
  }

  /** Returns {@code PG_CONTROL_VERSION}. */
  public int controlFileVersion() {
    return controlFileVersion;
  }

  /** Returns whether base backups have a {@code backup_manifest}. */
  public boolean writesManifest() {
    return manifestVersion > 0;
  }

  /**
   * Returns whether the server knows the setting. A name in no row counts as known in every
   * version.
   */
  public boolean hasSetting(String name) {
    boolean addedLater =
        Arrays.stream(values())
            .anyMatch(row -> row.isAfter(this) && row.addedSettings.contains(name));
    boolean removed =
        Arrays.stream(values())
            .anyMatch(row -> !row.isAfter(this) && row.removedSettings.contains(name));
    return !addedLater && !removed;
  }

  List<String> addedSettings() {
    return addedSettings;
  }

  List<String> removedSettings() {
    return removedSettings;
  }

  /**
   * Returns whether {@code recovery.signal} and settings start recovery. Earlier versions read
   * {@code recovery.conf}, and later ones do not start if that file exists.
   */
  public boolean hasRecoverySignal() {
    return isSince(V12);
  }

  /**
   * Returns whether {@code max_wal_senders} is among the settings that the control file and the WAL
   * record.
   */
  public boolean recordsWalSenders() {
    return controlFileLayout.walSenders();
  }

  /** Returns whether the OID of a catalog row is an ordinary column. */
  public boolean hasOidColumns() {
    return isSince(V12);
  }

  /**
   * Returns whether {@code pg_basebackup} takes tablespaces without a link in {@code pg_tblspc}
   * into archives of their own.
   */
  public boolean archivesInPlaceTablespaces() {
    return isSince(V16);
  }

  /** Returns whether {@code initdb} turns page checksums on unless told otherwise. */
  public boolean hasChecksumsByDefault() {
    return isSince(V18);
  }

  /**
   * Returns the program that verifies all page checksums of a stopped server, with the arguments
   * that it needs; empty if there is none.
   */
  public List<String> checksumCommand() {
    if (isSince(V12)) {
      return List.of("pg_checksums", "--check");
    }
    return isSince(V11) ? List.of("pg_verify_checksums") : List.of();
  }

  /** Returns whether amcheck can look for each row of a table in its B-tree index. */
  public boolean amcheckFindsUnindexedRows() {
    return isSince(V11);
  }

  /** Returns whether amcheck checks tables. */
  public boolean amcheckChecksTables() {
    return isSince(V14);
  }

  /** Returns whether amcheck checks GIN indexes. */
  public boolean amcheckChecksGin() {
    return isSince(V18);
  }

  /** Returns whether an index can have columns that are not part of its key. */
  public boolean hasIncludedColumns() {
    return isSince(V11);
  }

  /** Returns whether a collation can make texts equal whose bytes differ. */
  public boolean hasNondeterministicCollations() {
    return isSince(V12);
  }

  /** Returns whether {@code pg_database} records the version of the database's collation. */
  public boolean recordsDatabaseCollation() {
    return isSince(V15);
  }

  /** Returns whether a generated column can be computed on reading. */
  public boolean hasVirtualColumns() {
    return isSince(V18);
  }

  private boolean isSince(PostgresVersion first) {
    return !first.isAfter(this);
  }

  private boolean isAfter(PostgresVersion other) {
    return compareTo(other) > 0;
  }

  @Override
  public String toString() {
    return "PostgreSQL " + major;
  }
}
