/** A real source database in a container. */
@NullMarked
package io.pgproof.demo;

import org.jspecify.annotations.NullMarked;
