package io.pgproof.backup.damage;

/**
 * Bytes of a file that are replaced; the file keeps its size.
 *
 * @param file as it is in the backup
 * @param offset of the first changed byte in the file
 */
record Patch(StoredFile file, int offset, byte[] bytes) {

  /** Returns the file's whole content after the change. */
  byte[] patched() {
    byte[] changed = file.content().clone();
    System.arraycopy(bytes, 0, changed, offset, bytes.length);
    return changed;
  }
}
