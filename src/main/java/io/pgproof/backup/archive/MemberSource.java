package io.pgproof.backup.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files and directories of a part of a backup, each once, in the part's own order; one thread
 * at a time.
 */
public interface MemberSource extends AutoCloseable {
  /** Larger than the caches of a core, small enough to keep a running system's memory free. */
  int WINDOW = 512 * 1024;

  /**
   * One of them.
   *
   * @param name one character a byte, {@linkplain FileNames#normal normal}; empty for the directory
   *     that holds all
   * @param type what it says it is
   * @param size of its content in bytes
   * @param link where a link leads, as it says; empty for all others
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

  /** Takes a member's content piece by piece. */
  interface Sink {
    void write(ByteBuffer piece) throws IOException;
  }

  /**
   * The next member, its content unread; empty behind the last, when the part was read to its end.
   */
  Optional<Member> next() throws InterruptedException;

  /**
   * Lets a new file share the blocks of the member that {@link #next} gave, where the file system
   * can; the content is then read from there, so that what is checked is what is restored.
   *
   * @return whether the file has the member's whole content now
   */
  default boolean share(Path file) {
    return false;
  }

  /**
   * Whether the member that {@link #next} gave is in its place already, for the data directory is
   * laid over its tree.
   */
  default boolean inPlace() {
    return false;
  }

  /**
   * Leaves the content of the member that {@link #next} gave unread, where that was asked for: it
   * must be in its place or shared.
   *
   * @return whether it did
   */
  default boolean leave() {
    return false;
  }

  /** Hands the content of the member that {@link #next} gave to a sink, to its last byte. */
  void content(Sink sink) throws IOException, InterruptedException;

  /** Fills a buffer from the content of the member that {@link #next} gave, as far as both go. */
  void start(ByteBuffer into) throws InterruptedException;

  @Override
  void close();
}
