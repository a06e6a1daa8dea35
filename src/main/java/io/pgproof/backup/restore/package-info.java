/** The one pass that unpacks, checks and writes a data directory. */
package io.pgproof.backup.restore;
