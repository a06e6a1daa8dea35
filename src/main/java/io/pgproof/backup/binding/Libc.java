package io.pgproof.backup.binding;

import com.sun.jna.Library;

/**
 * Calls into the C library for what Java's own library cannot do: share the blocks of one file with
 * another file, tell a file system where to put files, mount, learn the size of a terminal, and set
 * the priority of a thread's I/O. Names and order of arguments are those of C; byte arrays that
 * hold paths or words end with a NUL. The mount functions except {@code mount} and {@code umount2}
 * need glibc 2.36; a call to a missing function throws {@link UnsatisfiedLinkError}.
 */
public interface Libc extends Library {
  /** {@code FICLONE} of {@code linux/fs.h}, {@code _IOW(0x94, 9, int)}. */
  long FICLONE = 0x40049409L;

  int O_RDONLY = 0;
  int O_WRONLY = 1;
  int O_NONBLOCK = 0x800;
  int O_CLOEXEC = 0x80000;

  /**
   * {@code int open(const char *pathname, int flags, ...)}: the path ends with a NUL; returns -1 on
   * failure.
   */
  int open(byte[] pathname, int flags);

  /** {@code int ioctl(int fd, unsigned long request, ...)}: returns -1 on failure. */
  int ioctl(int fd, long request, int arg);

  /** {@code TIOCGWINSZ} of {@code asm-generic/ioctls.h}. */
  long TIOCGWINSZ = 0x5413;

  /**
   * {@code ioctl} with {@code TIOCGWINSZ}: fills the four numbers of {@code struct winsize}, rows
   * and columns first; returns -1 on failure.
   */
  int ioctl(int fd, long request, short[] winsize);

  /** {@code FS_IOC_GETFLAGS} of {@code linux/fs.h}, {@code _IOR('f', 1, long)}. */
  long FS_IOC_GETFLAGS = 0x80086601L;

  /** {@code FS_IOC_SETFLAGS} of {@code linux/fs.h}, {@code _IOW('f', 2, long)}. */
  long FS_IOC_SETFLAGS = 0x40086602L;

  /** {@code FS_TOPDIR_FL} of {@code linux/fs.h}. */
  int FS_TOPDIR_FL = 0x20000;

  /**
   * {@code ioctl} with {@code FS_IOC_GETFLAGS} or {@code FS_IOC_SETFLAGS}: reads or writes one
   * number; returns -1 on failure.
   */
  int ioctl(int fd, long request, int[] flags);

  /** {@code int close(int fd)}. */
  int close(int fd);

  int AT_FDCWD = -100;
  int AT_EMPTY_PATH = 0x1000;
  int OPEN_TREE_CLONE = 1;
  int OPEN_TREE_CLOEXEC = O_CLOEXEC;
  int MOVE_MOUNT_F_EMPTY_PATH = 4;
  long MOUNT_ATTR_RDONLY = 0x1;
  long MOUNT_ATTR_NOSUID = 0x2;
  long MOUNT_ATTR_NODEV = 0x4;
  long MOUNT_ATTR_NOEXEC = 0x8;
  long MOUNT_ATTR_IDMAP = 0x100000;
  long MS_NOSUID = 2;
  long MS_NODEV = 4;
  long MS_NOEXEC = 8;
  int MNT_DETACH = 2;

  /** {@code int open_tree(int dfd, const char *filename, unsigned int flags)}. */
  int open_tree(int dfd, byte[] filename, int flags);

  /**
   * {@code int mount_setattr(int dfd, const char *path, unsigned int flags, struct mount_attr
   * *uattr, size_t usize)}.
   */
  int mount_setattr(int dfd, byte[] path, int flags, long[] uattr, long usize);

  /**
   * {@code int move_mount(int from_dfd, const char *from, int to_dfd, const char *to, unsigned int
   * flags)}.
   */
  int move_mount(int from_dfd, byte[] from, int to_dfd, byte[] to, int flags);

  /**
   * {@code int mount(const char *source, const char *target, const char *type, unsigned long flags,
   * const void *data)}.
   */
  int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data);

  /** {@code int umount2(const char *target, int flags)}. */
  int umount2(byte[] target, int flags);

  int IOPRIO_WHO_PROCESS = 1;

  /** {@code IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)} of {@code linux/ioprio.h}. */
  int IOPRIO_IDLE = 3 << 13;

  /** {@code SYS_ioprio_set} of x86-64; the C library has no function for this call. */
  long SYS_IOPRIO_SET_X86_64 = 251;

  /** {@code SYS_ioprio_set} of {@code asm-generic/unistd.h}, such as on aarch64 and riscv64. */
  long SYS_IOPRIO_SET_GENERIC = 30;

  /** {@code long syscall(long number, ...)}: returns -1 on failure. */
  long syscall(long number, int which, int who, int ioprio);

  /**
   * Loads {@code libc.so.6}.
   *
   * @throws LibraryMissingException on a system without the GNU C library
   */
  static Libc load() {
    return Loading.load("libc.so.6", Libc.class, "libc6");
  }
}
