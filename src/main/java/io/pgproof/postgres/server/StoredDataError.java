package io.pgproof.postgres.server;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/**
 * Says whether an error that came while stored data were read is the fault of these data, on a
 * server that nobody else works on and whose machine lacked nothing.
 *
 * <p>Most such errors carry a code of their own. The others are internal errors or missing files,
 * and those that are listed here have no other cause on an idle server (source: the messages in
 * {@code src/backend} of versions 10 to 18). What is not listed is nobody's fault: an extension may
 * raise an internal error for reasons of its own.
 */
public final class StoredDataError {
  private static final Pattern MESSAGES =
      Pattern.compile(
          String.join(
              "|",
              // A file of a database, a relation or of transactions' states is not there, or ends
              // early.
              "\".*\" is not a valid data directory",
              "could not open file \"(?:base|global|pg_tblspc|pg_xact|pg_multixact|pg_subtrans|pg_commit_ts)/.*",
              "could not access status of transaction .*",
              "could not read block .*: read only .*",
              // A row's transaction or row lock is of no time that this cluster has seen.
              "MultiXactId \\d+ (?:has not been created yet|does no longer exist) -- apparent wraparound",
              // A long value's parts, in versions that have no code for it.
              "(?:missing|unexpected) chunk (?:number|size) .* for toast value .*",
              "compressed (?:pglz |lz4 )?data is corrupt(?:ed)?",
              "invalid compression method id .*",
              // A value's length is impossible: the longest that a sound one asks for, long binary
              // data as text, is below 9 GB.
              "invalid memory alloc request size (?:9\\d{9}|\\d{11,})",
              "invalid string enlargement request size.*",
              // An enumerated value without its label.
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

  public static boolean is(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.equals("XX001")
        || state.equals("XX002")
        || is(ServerText.message(failure))
        || state.equals("3D000") && isDirectoryGone(failure);
  }

  /**
   * A database that does not exist is no damage; one that the catalog has and whose directory is
   * not there is.
   */
  private static boolean isDirectoryGone(SQLException failure) {
    return failure instanceof PSQLException said
        && said.getServerErrorMessage() != null
        && String.valueOf(said.getServerErrorMessage().getDetail())
            .startsWith("The database subdirectory ");
  }

  /** As {@link #is(SQLException)} where only the message came, such as through {@code pg_dump}. */
  public static boolean is(String message) {
    return MESSAGES.matcher(message).matches();
  }
}
