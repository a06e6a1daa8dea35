/** The promise of a throw-away machine without a network. */
package io.pgproof.sandbox;
