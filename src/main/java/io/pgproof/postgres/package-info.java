/** Prepares recovery by version, watches it, asks and checks over JDBC; may import {@code proof}, {@code sandbox} and {@code backup}'s values. */
package io.pgproof.postgres;
