/** Root file systems with PostgreSQL: sources, build, list, remove. */
package io.pgproof.image;
