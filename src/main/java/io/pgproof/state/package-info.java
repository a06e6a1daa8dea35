/** The state directory: where everything lies, who owns it, and its reserve of free space; may import {@code proof}. */
package io.pgproof.state;
