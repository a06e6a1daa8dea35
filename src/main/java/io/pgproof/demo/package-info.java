/** A real source database in a container, for the demonstration and the tests; may import {@code proof}, {@code sandbox}, {@code image} and {@code postgres}'s public types. */
package io.pgproof.demo;
