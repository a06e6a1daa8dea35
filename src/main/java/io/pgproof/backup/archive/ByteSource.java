package io.pgproof.backup.archive;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Bytes of an archive, raw or decoded, in order and once. */
public interface ByteSource extends AutoCloseable {

  /**
   * Appends at least one byte, as many as are quickly at hand.
   *
   * @return how many; -1 at the end
   * @throws io.pgproof.proof.FindingException when the archive is truncated, corrupt or unreadable
   */
  int read(ByteBuffer into) throws InterruptedException;

  /** Offset in the archive as it lies behind the last byte that was used. */
  long position();

  /**
   * What a person should know of the bytes that were read, and what is no fault of them; a
   * sentence.
   */
  default Optional<String> note() {
    return Optional.empty();
  }

  /** The archive's file name. */
  String name();

  @Override
  void close();
}
