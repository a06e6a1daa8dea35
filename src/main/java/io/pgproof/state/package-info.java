/** The state directory and who owns it. */
package io.pgproof.state;
