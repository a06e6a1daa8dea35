/** Root file systems with PostgreSQL: sources, build, list, remove. */
@NullMarked
package io.pgproof.image;

import org.jspecify.annotations.NullMarked;
