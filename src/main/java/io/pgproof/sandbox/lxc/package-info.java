/** The sandbox kept with LXC; may import {@code sandbox}, {@code sandbox.lxc.binding} and {@code command}. */
package io.pgproof.sandbox.lxc;
