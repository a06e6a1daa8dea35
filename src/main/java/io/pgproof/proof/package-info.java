/** What is said about a backup: run ids, findings, checks, the verdict and the registry of reasons. Imports nothing else of pgproof. */
package io.pgproof.proof;
