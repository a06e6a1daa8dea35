/** What people may not do to the engine. */
@NullMarked
package io.pgproof.workflow.guard;

import org.jspecify.annotations.NullMarked;
