/** Archived WAL, timelines, and what recovery is going to replay. */
package io.pgproof.backup.wal;
