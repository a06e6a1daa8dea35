package io.pgproof.postgres.server;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** A check lost its connection and perhaps the server, so the rest of the check cannot be made. */
public final class ServerLostException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final SQLException failure;
  private final int backend;

  /**
   * @param what the object that was being read, such as {@code the index public.orders_pkey of the
   *     database shop}
   */
  public ServerLostException(String what, SQLException cause) {
    this(what, cause, 0);
  }

  /**
   * @param backend process id of the server's backend for this session, as the server numbers it;
   *     zero if unknown
   */
  public ServerLostException(String what, SQLException cause, int backend) {
    super(what, cause);
    this.what = what;
    this.failure = cause;
    this.backend = backend;
  }

  /** Returns whether the connection is lost, and perhaps the server too. */
  public static boolean isConnectionLost(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    // An ERROR of the server itself keeps the connection: a foreign data wrapper that cannot
    // connect uses this code.
    boolean said =
        failure instanceof PSQLException words
            && words.getServerErrorMessage() != null
            && "ERROR".equals(words.getServerErrorMessage().getSeverity());
    return !said && (state.startsWith("08") || state.startsWith("57P"));
  }

  /**
   * Returns whether no connection can be had now: the server does not listen, or it starts or
   * stops.
   */
  public static boolean refused(SQLException failure) {
    return isConnectionLost(failure) || String.valueOf(failure.getSQLState()).startsWith("57P");
  }

  public String activity() {
    return what;
  }

  public int backend() {
    return backend;
  }

  public SQLException failure() {
    return failure;
  }
}
