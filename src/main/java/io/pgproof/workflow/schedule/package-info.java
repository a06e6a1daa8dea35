/** Begins verifications by schedule, and when a new backup comes. */
package io.pgproof.workflow.schedule;
