/**
 * What is said about a backup: run ids, findings, checks, the verdict and its rule, the registry of
 * reasons.
 */
package io.pgproof.proof;
