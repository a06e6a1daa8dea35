/** Reads what a user wrote in a YAML file, strictly and with its lines; may import {@code proof}. */
package io.pgproof.yaml;
