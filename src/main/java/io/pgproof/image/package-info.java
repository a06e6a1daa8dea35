/** Root file systems with PostgreSQL: recipe, build, list, choose, remove; may import {@code proof}, {@code sandbox} and {@code command}. */
package io.pgproof.image;
