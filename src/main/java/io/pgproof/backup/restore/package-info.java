/** Unpacks, checks and writes a data directory in one pass. */
package io.pgproof.backup.restore;
