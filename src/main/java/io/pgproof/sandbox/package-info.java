/** The promise of a throw-away, network-less machine; may import {@code proof}. */
package io.pgproof.sandbox;
