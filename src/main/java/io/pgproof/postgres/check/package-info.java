/** The checks of a recovered copy. */
@NullMarked
package io.pgproof.postgres.check;

import org.jspecify.annotations.NullMarked;
