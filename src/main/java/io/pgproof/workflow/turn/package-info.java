/** Which runs may be in a container at a time, and the step that waits for it. */
@NullMarked
package io.pgproof.workflow.turn;

import org.jspecify.annotations.NullMarked;
