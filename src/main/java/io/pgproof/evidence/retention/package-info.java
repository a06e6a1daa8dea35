/** Removes evidence whose time is over, if an export has it and nothing needs it. */
@NullMarked
package io.pgproof.evidence.retention;

import org.jspecify.annotations.NullMarked;
