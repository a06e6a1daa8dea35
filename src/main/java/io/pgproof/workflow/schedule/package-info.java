/**
 * Begins verifications and negative controls by schedule, and verifications when a new backup
 * comes.
 */
@NullMarked
package io.pgproof.workflow.schedule;

import org.jspecify.annotations.NullMarked;
