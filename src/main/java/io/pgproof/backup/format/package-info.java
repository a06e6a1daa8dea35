/**
 * The formats that PostgreSQL writes: WAL positions, control file, label, manifest, pages and file
 * names; and the table of its versions.
 */
@NullMarked
package io.pgproof.backup.format;

import org.jspecify.annotations.NullMarked;
