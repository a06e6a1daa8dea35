/** Checks pages, and finds the files of a restored copy that hold them. */
@NullMarked
package io.pgproof.backup.pages;

import org.jspecify.annotations.NullMarked;
