/** Compares pgproof with restores by hand, side by side on one machine. */
@NullMarked
package io.pgproof.bench;

import org.jspecify.annotations.NullMarked;
