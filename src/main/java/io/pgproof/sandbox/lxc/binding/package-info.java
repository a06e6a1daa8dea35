/** liblxc mirrored, no logic; with {@code backup.binding} the only rooms that import JNA. */
package io.pgproof.sandbox.lxc.binding;
