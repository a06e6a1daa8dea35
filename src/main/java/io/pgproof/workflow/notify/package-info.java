/** Tells people what happened, and sums up the day. */
@NullMarked
package io.pgproof.workflow.notify;

import org.jspecify.annotations.NullMarked;
