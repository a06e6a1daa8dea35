/**
 * Mirrors the functions of liblz4, libzstd and the C library that pgproof calls; holds no logic.
 */
package io.pgproof.backup.binding;
