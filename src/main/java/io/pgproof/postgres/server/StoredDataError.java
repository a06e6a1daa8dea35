package io.pgproof.postgres.server;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/**
 * Decides whether an error while reading stored data is the fault of the data, on a server that is
 * otherwise idle and whose machine lacked nothing.
 *
 * <p>Most such errors have their own code. The others are internal errors or missing files; those
 * that are listed here have no other cause on an idle server (source: the messages in {@code
 * src/backend} of versions 10 to 18). An error that is not listed has no known cause, because an
 * extension can raise an internal error for its own reasons.
 */
public final class StoredDataError {
  private static final Pattern MESSAGES =
      Pattern.compile(
          String.join(
              "|",
              // A file of a database, a relation or transaction states is missing or ends early.
              "\".*\" is not a valid data directory",
              "could not open file \"(?:base|global|pg_tblspc|pg_xact|pg_multixact|pg_subtrans|pg_commit_ts)/.*",
              "could not access status of transaction .*",
              "could not read block .*: read only .*",
              // A row's transaction or row lock is from a time that this cluster has not seen.
              "MultiXactId \\d+ (?:has not been created yet|does no longer exist) -- apparent wraparound",
              // Parts of a long value, in versions that have no code for this error.
              "(?:missing|unexpected) chunk (?:number|size) .* for toast value .*",
              "compressed (?:pglz |lz4 )?data is corrupt(?:ed)?",
              "invalid compression method id .*",
              // A value has an impossible length. The longest request for a sound value, long
              // binary data as text, is below 9 GB.
              "invalid memory alloc request size (?:9\\d{9}|\\d{11,})",
              "invalid string enlargement request size.*",
              // An enum value without its label.
              "invalid internal value for enum: .*",
              // Catalogs that contradict each other.
              "cache lookup failed for .*",
              "(?:pg_attribute )?catalog is missing \\d+ attribute\\(s\\) for rel(?:id|ation OID) \\d+",
              "could not open relation with OID \\d+",
              "could not find tuple for .*",
              "could not find pg_class entry for \\d+",
              "relation mapping file .* contains .*",
              "type with OID \\d+ does not exist"));

  private StoredDataError() {}

  public static boolean matches(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return isCode(state)
        || matches(ServerText.message(failure))
        || (state.equals("3D000") && isDirectoryGone(failure));
  }

  /** Returns whether an SQLSTATE is one of PostgreSQL's own for damage in data or an index. */
  public static boolean isCode(String sqlState) {
    return "XX001".equals(sqlState) || "XX002".equals(sqlState);
  }

  /**
   * Returns whether the failure reports a database that is in the catalog but has no directory. A
   * database that does not exist is no damage.
   */
  private static boolean isDirectoryGone(SQLException failure) {
    return failure instanceof PSQLException said
        && said.getServerErrorMessage() != null
        && String.valueOf(said.getServerErrorMessage().getDetail())
            .startsWith("The database subdirectory ");
  }

  /**
   * Works like {@link #matches(SQLException)} if only the message is available, such as from {@code
   * pg_dump}.
   */
  public static boolean matches(String message) {
    return MESSAGES.matcher(message).matches();
  }
}
