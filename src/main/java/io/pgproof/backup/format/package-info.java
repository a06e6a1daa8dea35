/**
 * The formats that PostgreSQL writes: WAL positions, control file, label, manifest, pages and file
 * names; and the table of its versions.
 */
package io.pgproof.backup.format;
