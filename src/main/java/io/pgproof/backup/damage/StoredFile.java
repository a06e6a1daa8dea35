package io.pgproof.backup.damage;

import io.pgproof.backup.format.BackupPart;

/**
 * A file of a backup's data directory, read into memory.
 *
 * @param part that holds it
 * @param name in the data directory, one character per byte
 * @param position of its content in the uncompressed tar; 0 for a file of a tree
 * @param content not to be changed
 */
record StoredFile(BackupPart part, String name, long position, byte[] content) {}
