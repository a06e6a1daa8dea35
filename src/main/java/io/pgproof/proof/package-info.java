/**
 * What is said about a backup: run ids, findings, checks, the verdict and its rule, the registry of
 * reasons.
 */
@NullMarked
package io.pgproof.proof;

import org.jspecify.annotations.NullMarked;
