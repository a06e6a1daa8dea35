/** Liblxc mirrored, no logic. */
@NullMarked
package io.pgproof.sandbox.lxc.binding;

import org.jspecify.annotations.NullMarked;
