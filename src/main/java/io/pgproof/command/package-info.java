/** Runs programs of the host within a limit, tells what is mounted, and removes trees of files. */
@NullMarked
package io.pgproof.command;

import org.jspecify.annotations.NullMarked;
