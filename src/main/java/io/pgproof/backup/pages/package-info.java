/** Checks pages, and finds the files of a restored copy that hold them. */
package io.pgproof.backup.pages;
