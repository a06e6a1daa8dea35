/** Reads a file that a user wrote, strictly and with its lines. */
package io.pgproof.yaml;
