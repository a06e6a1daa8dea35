package io.pgproof.postgres.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads a growing server log line by line, in limited memory. The text is not trusted.
 *
 * <p>The server can write to the log's directory, so a link in place of the log is not followed.
 * Not thread-safe.
 */
public final class ServerLog {
  /** Prefix of each line: time, process, SQLSTATE. */
  public static final String PREFIX = "%m [%p] %e ";

  private static final int LONGEST_LINE = 8192;
  private static final int MOST_AT_ONCE = 4 << 20;

  private final Path file;
  private final ByteBuffer chunk = ByteBuffer.allocate(64 << 10);
  private final byte[] line = new byte[LONGEST_LINE];
  private int length;
  private long position;

  public ServerLog(Path file) {
    this.file = file;
  }

  /**
   * Passes on the lines that were completed since the last call.
   *
   * @return whether more lines may be available at once
   */
  public boolean read(Consumer<String> lines) throws IOException {
    // If a pipe replaced the log, opening it would block.
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    long end = position + MOST_AT_ONCE;
    try (SeekableByteChannel channel =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      channel.position(position);
      while (position < end) {
        chunk.clear();
        int read = channel.read(chunk);
        if (read <= 0) {
          return false;
        }
        position += read;
        chunk.flip();
        splitLines(lines);
      }
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void splitLines(Consumer<String> lines) {
    while (chunk.hasRemaining()) {
      byte next = chunk.get();
      if (next != '\n') {
        if (length < LONGEST_LINE) {
          line[length++] = next;
        }
      } else {
        lines.accept(ServerText.clean(new String(line, 0, length, StandardCharsets.UTF_8)));
        length = 0;
      }
    }
  }
}
