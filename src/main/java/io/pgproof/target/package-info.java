/** What to verify, when, within which limits, and who is told. */
@NullMarked
package io.pgproof.target;

import org.jspecify.annotations.NullMarked;
