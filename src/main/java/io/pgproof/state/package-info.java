/** The state directory, who owns it, and files that are whole in it. */
@NullMarked
package io.pgproof.state;

import org.jspecify.annotations.NullMarked;
