/** Tells other programs whether the server works, and how the targets are. */
@NullMarked
package io.pgproof.monitoring;

import org.jspecify.annotations.NullMarked;
