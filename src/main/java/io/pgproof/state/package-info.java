/** The state directory: where everything lies, and who owns it; may import {@code proof}. */
package io.pgproof.state;
