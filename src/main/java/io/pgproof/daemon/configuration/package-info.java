/**
 * Reads the configuration again when its file changes, records what changed, and warns of its
 * secrets.
 */
@NullMarked
package io.pgproof.daemon.configuration;

import org.jspecify.annotations.NullMarked;
