/** Talking to a restored server over JDBC and reading its log, and whose fault an error is. */
package io.pgproof.postgres.server;
