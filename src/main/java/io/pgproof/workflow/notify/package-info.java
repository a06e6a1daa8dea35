/** Tells people what happened, and sums up the day. */
package io.pgproof.workflow.notify;
