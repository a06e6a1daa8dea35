/** Runs programs of the host, each in its own process group and within a limit. Imports nothing else of pgproof. */
package io.pgproof.command;
