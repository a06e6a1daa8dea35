/** Root file systems with PostgreSQL: source, recipe, build, list, choose, remove; may import {@code proof}, {@code yaml}, {@code sandbox} and {@code command}. */
package io.pgproof.image;
