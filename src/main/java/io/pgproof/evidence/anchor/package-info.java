/** Anchors the evidence log: gives its checkpoints away, and raises an alarm if it cannot. */
@NullMarked
package io.pgproof.evidence.anchor;

import org.jspecify.annotations.NullMarked;
