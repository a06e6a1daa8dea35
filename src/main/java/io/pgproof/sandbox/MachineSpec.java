package io.pgproof.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * The specification of a machine. The machine has no network, and its root file system is a
 * throw-away layer over {@code rootfs}.
 *
 * @param id its name and home directory
 * @param rootfs an unpacked root file system whose owners are shifted by {@link
 *     Sandbox#firstHostId()}; never written to
 * @param mounts directories of the host that are visible inside
 * @param init program and arguments of the machine's first process; when it ends, the machine ends
 * @param uid user id of the first process inside
 * @param gid group id of the first process inside
 * @param limits limits for the use of host resources
 */
public record MachineSpec(
    MachineId id,
    Path rootfs,
    List<Mount> mounts,
    List<String> init,
    int uid,
    int gid,
    Limits limits) {
  public MachineSpec {
    mounts = List.copyOf(mounts);
    init = List.copyOf(init);
  }

  /**
   * A directory of the host that is visible inside at {@code inside}.
   *
   * @param inside absolute path; created in the throw-away layer if the image lacks it
   * @param access what the machine may do there
   */
  public record Mount(Path host, String inside, Access access) {}

  /** What a machine may do with a mounted directory. */
  public enum Access {
    /** The owners on the host are shifted; the machine may write. */
    READ_WRITE,
    /** The owners on the host are shifted; the machine may only read. */
    READ_ONLY,
    /**
     * The owners on the host are not shifted. The mount maps them, and the machine may only read.
     */
    READ_ONLY_MAPPED
  }

  /**
   * Resource limits that the kernel enforces.
   *
   * @param memoryBytes memory of all processes inside, without swap
   * @param cpus share of processors, such as {@code 1.5} for one and a half
   */
  public record Limits(long memoryBytes, double cpus) {
    public Limits {
      if (memoryBytes < 64L << 20) {
        throw new IllegalArgumentException(
            "a machine needs at least 64 MiB of memory, not " + memoryBytes + " bytes");
      }
      if (!(cpus > 0)) {
        throw new IllegalArgumentException("a machine needs more than 0 processors, not " + cpus);
      }
    }
  }
}
