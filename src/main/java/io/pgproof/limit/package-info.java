/** Limits how often something may happen. */
@NullMarked
package io.pgproof.limit;

import org.jspecify.annotations.NullMarked;
