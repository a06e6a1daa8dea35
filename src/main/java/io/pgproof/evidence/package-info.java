/** The kinds of evidence, and what the entries of a run add up to. */
package io.pgproof.evidence;
