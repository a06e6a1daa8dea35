/** The process that owns a state directory: start, recovery from a crash, requests. */
@NullMarked
package io.pgproof.daemon;

import org.jspecify.annotations.NullMarked;
