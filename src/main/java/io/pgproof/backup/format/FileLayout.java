package io.pgproof.backup.format;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The contents of a PostgreSQL data directory, judged by names alone (source: the manual's
 * "Database File Layout" and "Backing Up the Data Directory", {@code initdb.c} of versions 10 to
 * 18).
 */
public final class FileLayout {
  /**
   * Directories that may be empty and that the server does not create by itself, parents before
   * children.
   */
  public static final List<String> MAY_BE_EMPTY =
      List.of(
          BackupPart.WAL.substring(0, BackupPart.WAL.length() - 1),
          "pg_commit_ts",
          "pg_dynshmem",
          "pg_logical",
          "pg_logical/mappings",
          "pg_logical/snapshots",
          "pg_multixact",
          "pg_multixact/members",
          "pg_multixact/offsets",
          "pg_notify",
          "pg_replslot",
          "pg_serial",
          "pg_snapshots",
          "pg_stat",
          "pg_stat_tmp",
          "pg_subtrans",
          "pg_tblspc",
          "pg_twophase");

  /** Directories that always hold data. */
  public static final List<String> NEVER_EMPTY = List.of("base", "pg_xact");

  private static final String DATABASE = "(?:global|base/[0-9]+|pg_tblspc/[0-9]+/PG_[^/]+/[0-9]+)";

  private static final Pattern DATA_FILE =
      Pattern.compile(
          DATABASE
              + "/(?:(?:INCREMENTAL\\.)?(?:t[0-9]+_)?[0-9]+(?:_(?:fsm|vm|init))?(?:\\.[0-9]+)?|PG_VERSION|pg_control|pg_filenode\\.map)"
              + "|pg_(?:xact|commit_ts|multixact/(?:members|offsets))/[0-9A-F]{4,15}"
              + "|pg_twophase/[0-9A-F]{8,16}"
              + "|pg_logical/(?:replorigin_checkpoint|(?:mappings|snapshots)/.+)"
              + "|"
              + BackupPart.WAL
              + "[0-9A-F]{8}(?:[0-9A-F]{16}|\\.history)"
              + "|PG_VERSION|backup_label|tablespace_map");

  private static final Pattern DATA_DIRECTORY =
      Pattern.compile(
          "base|global|pg_xact|pg_commit_ts|pg_twophase|pg_multixact(?:/(?:members|offsets))?|pg_logical(?:/(?:mappings|snapshots))?"
              + "|pg_tblspc|pg_tblspc/[0-9]+/PG_[^/]+|"
              + DATABASE);

  private FileLayout() {}

  /** Returns whether PostgreSQL would read a file of this name as data of the cluster. */
  public static boolean isDataFile(String name) {
    return DATA_FILE.matcher(name).matches();
  }

  /** Returns whether this is the name of a data file or of a directory that holds data files. */
  public static boolean isData(String name) {
    return isDataFile(name) || DATA_DIRECTORY.matcher(name).matches();
  }

  /**
   * Returns whether a directory of this name belongs to a file system or a desktop, such as {@code
   * .snapshot} and {@code lost+found}; a snapshot may hold complete copies of everything around it.
   */
  public static boolean isForeignDirectory(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    return last.startsWith(".") || last.equals("lost+found");
  }

  /** Returns whether one of the directories above this name is foreign. */
  public static boolean isInForeignDirectory(String name) {
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      if (isForeignDirectory(name.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }
}
