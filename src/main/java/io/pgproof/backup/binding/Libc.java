package io.pgproof.backup.binding;

import com.sun.jna.Library;

/** What Java's own library cannot do: one file's blocks shared with another file. Names and order of arguments are C's. */
public interface Libc extends Library {
  /** {@code FICLONE} of {@code linux/fs.h}, {@code _IOW(0x94, 9, int)}. */
  long FICLONE = 0x40049409L;

  int O_RDONLY = 0;
  int O_WRONLY = 1;
  int O_NONBLOCK = 0x800;
  int O_CLOEXEC = 0x80000;

  /** {@code int open(const char *pathname, int flags, ...)}: the path ends with a NUL; -1 on failure. */
  int open(byte[] pathname, int flags);

  /** {@code int ioctl(int fd, unsigned long request, ...)}: -1 on failure. */
  int ioctl(int fd, long request, int arg);

  /** {@code int close(int fd)}. */
  int close(int fd);

  /**
   * Loads {@code libc.so.6}.
   *
   * @throws LibraryMissingException where that is no GNU system
   */
  static Libc load() {
    return Loading.load("libc.so.6", Libc.class, "libc6");
  }
}
