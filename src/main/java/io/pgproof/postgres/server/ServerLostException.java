package io.pgproof.postgres.server;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * A check lost its connection, and with it perhaps the server: what was left of it cannot be made.
 */
public final class ServerLostException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final int backend;

  /**
   * @param what was being read, such as {@code the index public.orders_pkey of the database shop}
   */
  public ServerLostException(String what, SQLException cause) {
    this(what, cause, 0);
  }

  /**
   * @param backend process id of the server's process for this session, as the server counts; zero
   *     where it is not known
   */
  public ServerLostException(String what, SQLException cause, int backend) {
    super(what, cause);
    this.what = what;
    this.backend = backend;
  }

  /** Whether the connection is gone, and with it perhaps the server. */
  public static boolean lost(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    // What the server itself calls an error leaves the connection: so speaks a foreign data wrapper
    // that finds nobody.
    boolean said =
        failure instanceof PSQLException words
            && words.getServerErrorMessage() != null
            && "ERROR".equals(words.getServerErrorMessage().getSeverity());
    return !said && (state.startsWith("08") || state.startsWith("57P"));
  }

  public String what() {
    return what;
  }

  public int backend() {
    return backend;
  }

  public SQLException failure() {
    return (SQLException) getCause();
  }
}
