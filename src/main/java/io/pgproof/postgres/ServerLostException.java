package io.pgproof.postgres;

import java.sql.SQLException;

/** A check lost its connection, and with it perhaps the server: what was left of it cannot be made. */
final class ServerLostException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String what;

  /** @param what was being read, such as {@code the index public.orders_pkey of the database shop} */
  ServerLostException(String what, SQLException cause) {
    super(what, cause);
    this.what = what;
  }

  String what() {
    return what;
  }

  SQLException failure() {
    return (SQLException) getCause();
  }
}
