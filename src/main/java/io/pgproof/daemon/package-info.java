/** The process that owns a state directory: start, recovery from a crash, requests. */
package io.pgproof.daemon;
