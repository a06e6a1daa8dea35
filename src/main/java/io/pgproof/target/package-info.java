/** What to verify, when, within which limits, and who is told. */
package io.pgproof.target;
