/**
 * The sandbox kept with LXC; may import {@code sandbox}, {@code sandbox.lxc.binding}, {@code command}, and {@code proof} for
 * the finding that this machine cannot run a container.
 */
package io.pgproof.sandbox.lxc;
