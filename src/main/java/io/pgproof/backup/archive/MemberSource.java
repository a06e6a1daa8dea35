package io.pgproof.backup.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files and directories of one part of a backup, each once, in the part's own order; for one
 * thread at a time.
 */
public interface MemberSource extends AutoCloseable {
  /** Larger than a core's caches, yet small enough to spare the memory of a running system. */
  int WINDOW = 512 * 1024;

  /**
   * A file, a directory or another entry of the part.
   *
   * @param name one character per byte, {@linkplain FileNames#normal normal}; empty for the root
   *     directory
   * @param type as the part states it
   * @param size of its content in bytes
   * @param link target as stated in a link; empty for all others
   */
  record Member(String name, Type type, long size, String link) {
    public Member(String name, Type type, long size) {
      this(name, type, size, "");
    }
  }

  enum Type {
    FILE,
    DIRECTORY,
    SYMBOLIC_LINK,
    HARD_LINK,
    OTHER
  }

  /** Receives a member's content piece by piece. */
  interface Sink {
    void write(ByteBuffer piece) throws IOException;
  }

  /**
   * Returns the next member, its content unread; empty after the last, when the part was read to
   * its end.
   */
  Optional<Member> next() throws InterruptedException;

  /**
   * Lets a new file share the blocks of the member that {@link #next} returned, if the file system
   * supports it. The content is then read from the new file, so that the file checked is the file
   * restored.
   *
   * @return whether the file now has the member's whole content
   */
  default boolean cloneTo(Path file) {
    return false;
  }

  /**
   * Returns whether the member that {@link #next} returned is already in place because the data
   * directory is an overlay on its tree.
   */
  default boolean inPlace() {
    return false;
  }

  /**
   * Leaves the content of the member that {@link #next} returned unread, if that was requested; the
   * member must be in place or shared.
   *
   * @return whether the content was left unread
   */
  default boolean leave() {
    return false;
  }

  /** Writes the whole content of the member that {@link #next} returned to a sink. */
  void copyContent(Sink sink) throws IOException, InterruptedException;

  /**
   * Fills a buffer from the content of the member that {@link #next} returned, until one of them is
   * exhausted.
   */
  void start(ByteBuffer into) throws InterruptedException;

  @Override
  void close();
}
