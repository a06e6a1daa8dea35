/**
 * The formats that PostgreSQL writes: WAL positions, control file, label, manifest, pages and file
 * names.
 */
package io.pgproof.backup.format;
