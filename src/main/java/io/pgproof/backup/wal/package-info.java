/** Archived WAL, timelines, and the plan of what recovery will replay. */
@NullMarked
package io.pgproof.backup.wal;

import org.jspecify.annotations.NullMarked;
