/** Liblxc mirrored, no logic. */
package io.pgproof.sandbox.lxc.binding;
