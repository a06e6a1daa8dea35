/** Talking to a restored server over JDBC and reading its log, and whose fault an error is. */
@NullMarked
package io.pgproof.postgres.server;

import org.jspecify.annotations.NullMarked;
