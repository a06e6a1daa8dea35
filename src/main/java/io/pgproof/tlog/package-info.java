/**
 * A transparency log: the Merkle tree of RFC 6962, kept as tiles on disk, with the signed
 * checkpoints and proofs of C2SP.
 */
@NullMarked
package io.pgproof.tlog;

import org.jspecify.annotations.NullMarked;
