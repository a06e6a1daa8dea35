/** Runs programs of the host within a limit, and tells what is mounted. */
package io.pgproof.command;
