/** Unpacks, checks and writes a data directory in one pass. */
@NullMarked
package io.pgproof.backup.restore;

import org.jspecify.annotations.NullMarked;
