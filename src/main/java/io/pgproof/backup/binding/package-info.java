/** liblz4, libzstd and three functions of the C library mirrored, no logic; with {@code sandbox.lxc.binding} the only rooms that import JNA. */
package io.pgproof.backup.binding;
