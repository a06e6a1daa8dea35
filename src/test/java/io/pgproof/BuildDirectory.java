package io.pgproof;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The build directory, which the JVMs of one run of the tests share. */
public final class BuildDirectory {
  private static final Path PATH = Path.of("target").toAbsolutePath();

  private BuildDirectory() {}

  /** Work on a file or directory of this name in it. */
  @FunctionalInterface
  public interface Work<T> {
    T on(Path path) throws IOException;
  }

  /** A file or directory of this name in it. */
  public static Path path(String name) {
    return PATH.resolve(name);
  }

  /**
   * Works on a file or directory of it, which need not be there, while nobody else does: no thread,
   * and no other JVM.
   */
  public static synchronized <T> T alone(String name, Work<T> work) {
    try {
      Files.createDirectories(PATH);
      try (FileChannel channel =
              FileChannel.open(
                  path(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        assert lock.isValid();
        return work.on(path(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
