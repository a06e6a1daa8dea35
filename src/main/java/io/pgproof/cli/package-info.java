/** The command line: commands, progress, exit status; may import public types of the rooms and picocli. */
package io.pgproof.cli;
