/**
 * Mirrors the functions of liblz4, libzstd and the C library that pgproof calls; holds no logic.
 */
@NullMarked
package io.pgproof.backup.binding;

import org.jspecify.annotations.NullMarked;
