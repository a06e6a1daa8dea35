/** What a user asks to be proven, and within which limits; may import {@code proof} and {@code yaml}. */
package io.pgproof.target;
