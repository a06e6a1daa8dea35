/** Root file systems with PostgreSQL: recipe, build, list, choose, expire; may import {@code proof}, {@code sandbox} and {@code command}. */
package io.pgproof.image;
