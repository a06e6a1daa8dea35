package io.pgproof.postgres.recovery;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that record which transactions were committed (source: {@code
 * src/backend/access/transam/clog.c}).
 */
final class TransactionStates {
  private static final Pattern FILE = Pattern.compile("pg_xact/([0-9A-F]{4,8})");
  private static final long TRANSACTIONS = 1L << 32;
  private static final int PAGES_OF_A_FILE = 32;
  private static final int STATES_OF_A_BYTE = 4;

  private TransactionStates() {}

  /**
   * Returns the first of these files that rows still depend on.
   *
   * <p>Recovery treats a missing file as empty, and all its transactions as rolled back. This is
   * correct if the source removed the file during the backup, because all rows up to there were
   * frozen then.
   *
   * @param files as named in messages of the server
   * @param blockSize page size in bytes
   */
  static Optional<String> needed(Collection<String> files, int blockSize, Connection connection)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet oldest =
            statement.executeQuery(
                """
            select datfrozenxid::pg_catalog.text::pg_catalog.int8, pg_catalog.age(datfrozenxid) as age
            from pg_catalog.pg_database order by age desc limit 1""")) {
      oldest.next();
      return needed(files, blockSize, oldest.getLong(1), oldest.getLong(2));
    }
  }

  /**
   * Works as above, for a known oldest transaction that a row can belong to.
   *
   * @param age number of transactions that have begun since
   */
  static Optional<String> needed(Collection<String> files, int blockSize, long oldest, long age) {
    long perFile = (long) PAGES_OF_A_FILE * blockSize * STATES_OF_A_BYTE;
    long first = oldest / perFile;
    // Transaction numbers wrap around, so this can lie beyond the last file.
    long last = (oldest + age) / perFile;
    return files.stream()
        .filter(
            file -> {
              Matcher name = FILE.matcher(file);
              if (!name.matches()) {
                return false;
              }
              long number = Long.parseLong(name.group(1), 16);
              return (number >= first && number <= last) || number + TRANSACTIONS / perFile <= last;
            })
        .findFirst();
  }
}
