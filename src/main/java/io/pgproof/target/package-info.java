/** What a user asks to be proven, and within which limits; may import {@code proof}. */
package io.pgproof.target;
