/** The state directory and who owns it. */
@NullMarked
package io.pgproof.state;

import org.jspecify.annotations.NullMarked;
