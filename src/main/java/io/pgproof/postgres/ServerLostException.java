package io.pgproof.postgres;

import java.sql.SQLException;

/** A check lost its connection, and with it perhaps the server: what was left of it cannot be made. */
final class ServerLostException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final int backend;

  /** @param what was being read, such as {@code the index public.orders_pkey of the database shop} */
  ServerLostException(String what, SQLException cause) {
    this(what, cause, 0);
  }

  /** @param backend process id of the server's process for this session, as the server counts; zero where it is not known */
  ServerLostException(String what, SQLException cause, int backend) {
    super(what, cause);
    this.what = what;
    this.backend = backend;
  }

  String what() {
    return what;
  }

  int backend() {
    return backend;
  }

  SQLException failure() {
    return (SQLException) getCause();
  }
}
