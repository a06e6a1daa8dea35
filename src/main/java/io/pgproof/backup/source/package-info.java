/** Finds, chooses and inspects backups on disk. */
package io.pgproof.backup.source;
