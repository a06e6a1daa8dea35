/** Archived WAL, timelines, and the plan of what recovery will replay. */
package io.pgproof.backup.wal;
