/** The promise kept with LXC. */
@NullMarked
package io.pgproof.sandbox.lxc;

import org.jspecify.annotations.NullMarked;
