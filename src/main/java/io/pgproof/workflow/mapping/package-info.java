/** Builds the SQL statements of the engine when they are first used. */
@NullMarked
package io.pgproof.workflow.mapping;

import org.jspecify.annotations.NullMarked;
