/** Reads the files that hold secrets, and tells whether others may read them, too. */
@NullMarked
package io.pgproof.secret;

import org.jspecify.annotations.NullMarked;
