/** The promise of a throw-away machine without a network. */
@NullMarked
package io.pgproof.sandbox;

import org.jspecify.annotations.NullMarked;
