/** A real source database in a container. */
package io.pgproof.demo;
