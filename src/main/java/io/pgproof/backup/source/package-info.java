/** Finds, chooses and inspects backups on disk. */
@NullMarked
package io.pgproof.backup.source;

import org.jspecify.annotations.NullMarked;
