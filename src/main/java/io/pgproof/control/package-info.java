/** The protocol of the control socket. */
package io.pgproof.control;
