/**
 * What PostgreSQL writes: positions in the WAL, control file, label, manifest, pages, names of
 * files.
 */
package io.pgproof.backup.format;
