package io.pgproof.backup.restore;

import io.pgproof.backup.binding.Libc;
import io.pgproof.backup.binding.LibraryMissingException;
import java.util.Map;

/**
 * Lets a thread's I/O wait for all other I/O, as {@code ionice -c 3} does (source: the manual page
 * ioprio_set(2)).
 */
final class IdlePriority {
  /** For {@code who}: the calling thread. */
  private static final int THIS_THREAD = 0;

  /** The number of the system call by {@code os.arch}. */
  private static final Map<String, Long> CALLS =
      Map.of(
          "amd64", Libc.SYS_IOPRIO_SET_X86_64,
          "aarch64", Libc.SYS_IOPRIO_SET_GENERIC,
          "riscv64", Libc.SYS_IOPRIO_SET_GENERIC);

  private static final Runnable REQUEST = request();

  private IdlePriority() {}

  /**
   * Requests it for the calling thread; on a host that cannot grant it, only politeness is lost.
   */
  static void set() {
    REQUEST.run();
  }

  private static Runnable request() {
    Long call = CALLS.get(System.getProperty("os.arch"));
    if (call == null) {
      return () -> {};
    }
    try {
      Libc libc = Libc.load();
      return () -> libc.syscall(call, Libc.IOPRIO_WHO_PROCESS, THIS_THREAD, Libc.IOPRIO_IDLE);
    } catch (LibraryMissingException e) {
      return () -> {};
    }
  }
}
