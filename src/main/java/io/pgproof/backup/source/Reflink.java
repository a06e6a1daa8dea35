package io.pgproof.backup.source;

import io.pgproof.backup.binding.Libc;
import io.pgproof.backup.binding.LibraryMissingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Shares the blocks of one file with another, copied only when either is written to. This works
 * when both lie on one file system that supports it: btrfs, XFS and others (source: the manual page
 * ioctl_ficlone(2)).
 */
public final class Reflink {
  private static final Optional<Libc> LIBC = load();

  private Reflink() {}

  /**
   * @param fileKey device and inode that the source must have
   * @param to an empty file
   * @return whether it now has the content of the source; otherwise it is unchanged
   */
  public static boolean clone(Path from, Object fileKey, Path to) {
    return LIBC.isPresent() && clone(LIBC.get(), from, fileKey, to);
  }

  /**
   * Returns whether files of one data directory can be shared with files of the other; leaves
   * nothing behind.
   */
  public static boolean works(Path from, Path to) {
    Path file = from.resolve("global/pg_control");
    try {
      Path copy = Files.createTempFile(to, ".shared", null);
      try {
        return clone(file, Files.readAttributes(file, BasicFileAttributes.class).fileKey(), copy);
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean clone(Libc libc, Path from, Object fileKey, Path to) {
    int source = libc.open(path(from), Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (source < 0) {
      return false;
    }
    try {
      int copy = isFile(source, fileKey) ? libc.open(path(to), Libc.O_WRONLY | Libc.O_CLOEXEC) : -1;
      if (copy < 0) {
        return false;
      }
      try {
        return libc.ioctl(copy, Libc.FICLONE, source) == 0;
      } finally {
        libc.close(copy);
      }
    } finally {
      libc.close(source);
    }
  }

  // The name may refer to another file by now, or lead through a link.
  private static boolean isFile(int descriptor, Object fileKey) {
    try {
      return fileKey.equals(
          Files.readAttributes(Path.of("/proc/self/fd/" + descriptor), BasicFileAttributes.class)
              .fileKey());
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] path(Path path) {
    return (path + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static Optional<Libc> load() {
    try {
      return Optional.of(Libc.load());
    } catch (LibraryMissingException e) {
      return Optional.empty();
    }
  }
}
