/** Runs programs of the host within a limit, tells what is mounted, and removes trees of files. */
package io.pgproof.command;
