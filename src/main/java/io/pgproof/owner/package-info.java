/** The one process that owns a state directory: reaping and resuming at its start, and the control socket that others speak to; may import the rooms it puts together and Spring. */
package io.pgproof.owner;
