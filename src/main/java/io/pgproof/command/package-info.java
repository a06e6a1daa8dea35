/**
 * Runs programs of the host, each in its own process group and within a limit, and tells what is mounted on it. Imports nothing
 * else of pgproof.
 */
package io.pgproof.command;
