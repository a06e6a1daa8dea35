/** The protocol of the control socket. */
@NullMarked
package io.pgproof.control;

import org.jspecify.annotations.NullMarked;
