package io.pgproof.backup.restore;

import io.pgproof.backup.binding.Libc;
import io.pgproof.backup.binding.LibraryMissingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A directory whose subdirectories ext4 spreads over the disk, as {@code chattr +T} does (source:
 * the manual page chattr(1)).
 *
 * <p>For some minutes after a file was removed, ext4 does not use its inode again, and looks at
 * each such inode before it finds a free one for a new file. So where one restored database was
 * removed, the files of the next one are created up to ten times slower, unless they lie elsewhere.
 */
public final class SpreadDirectory {
  private SpreadDirectory() {}

  /**
   * Creates the directory unless it exists. On a file system that cannot spread it, it is a
   * directory as any other.
   */
  public static void create(Path directory) throws IOException {
    Files.createDirectories(directory);
    try {
      spread(Libc.load(), directory);
    } catch (LibraryMissingException e) {
      // Only speed is lost.
    }
  }

  private static void spread(Libc libc, Path directory) {
    byte[] path = (directory + "\0").getBytes(StandardCharsets.UTF_8);
    int descriptor = libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (descriptor < 0) {
      return;
    }
    int[] flags = new int[1];
    if (libc.ioctl(descriptor, Libc.FS_IOC_GETFLAGS, flags) == 0
        && (flags[0] & Libc.FS_TOPDIR_FL) == 0) {
      flags[0] |= Libc.FS_TOPDIR_FL;
      libc.ioctl(descriptor, Libc.FS_IOC_SETFLAGS, flags);
    }
    libc.close(descriptor);
  }
}
