package io.pgproof.postgres;

final class ServerLog {
  /** Time, process, SQLSTATE. */
  static final String PREFIX = "%m [%p] %e ";
}
