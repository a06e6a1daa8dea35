package io.pgproof.backup.archive;

import java.nio.ByteBuffer;
import java.util.Optional;

/** The bytes of an archive, raw or decoded, read in order and once. */
public interface ByteSource extends AutoCloseable {

  /**
   * Appends at least one byte, and as many as are quickly available.
   *
   * @return number of bytes; -1 at the end
   * @throws io.pgproof.proof.FindingException when the archive is truncated, corrupt or unreadable
   */
  int read(ByteBuffer into) throws InterruptedException;

  /** Returns the offset in the stored archive after the last byte used. */
  long position();

  /**
   * Returns a sentence about something that users should know of the bytes read, but that is not a
   * fault.
   */
  default Optional<String> note() {
    return Optional.empty();
  }

  /** Returns the archive's file name. */
  String name();

  @Override
  void close();
}
