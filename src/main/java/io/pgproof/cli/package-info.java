/** Commands, progress, exit status. */
package io.pgproof.cli;
