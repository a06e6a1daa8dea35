/** Reads the bytes of a backup: files, compression, tar, checksums. */
@NullMarked
package io.pgproof.backup.archive;

import org.jspecify.annotations.NullMarked;
