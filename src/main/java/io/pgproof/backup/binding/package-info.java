/** Liblz4, libzstd and three functions of the C library mirrored, no logic. */
package io.pgproof.backup.binding;
