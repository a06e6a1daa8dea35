/** Prepares recovery by version, watches it, and judges what it reached. */
package io.pgproof.postgres.recovery;
