/** The promise kept with LXC. */
package io.pgproof.sandbox.lxc;
