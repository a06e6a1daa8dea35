/** Reads a file that a user wrote, strictly and with its lines. */
@NullMarked
package io.pgproof.yaml;

import org.jspecify.annotations.NullMarked;
