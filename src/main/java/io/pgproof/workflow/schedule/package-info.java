/** Begins verifications by schedule, and when a new backup comes. */
@NullMarked
package io.pgproof.workflow.schedule;

import org.jspecify.annotations.NullMarked;
