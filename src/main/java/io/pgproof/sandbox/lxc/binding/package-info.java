/** liblxc mirrored, no logic; the only room that imports JNA. */
package io.pgproof.sandbox.lxc.binding;
