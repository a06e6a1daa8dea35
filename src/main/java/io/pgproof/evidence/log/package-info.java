/**
 * The evidence log: each entry of the evidence as a leaf of a signed Merkle tree, with one process
 * that adds them.
 */
@NullMarked
package io.pgproof.evidence.log;

import org.jspecify.annotations.NullMarked;
