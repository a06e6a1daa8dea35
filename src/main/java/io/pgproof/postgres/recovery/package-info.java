/** Prepares recovery by version, watches it, and judges what it reached. */
@NullMarked
package io.pgproof.postgres.recovery;

import org.jspecify.annotations.NullMarked;
