/** The kinds of evidence, and what the entries of a run add up to. */
@NullMarked
package io.pgproof.evidence;

import org.jspecify.annotations.NullMarked;
