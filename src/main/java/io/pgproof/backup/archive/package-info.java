/** Reads the bytes of a backup: files, compression, tar, checksums. */
package io.pgproof.backup.archive;
