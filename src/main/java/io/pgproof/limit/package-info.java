/** Limits how often something may happen, and how much at a time. */
@NullMarked
package io.pgproof.limit;

import org.jspecify.annotations.NullMarked;
