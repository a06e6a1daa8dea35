/** Commands, exit status. */
@NullMarked
package io.pgproof.cli;

import org.jspecify.annotations.NullMarked;
