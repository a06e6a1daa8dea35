package io.pgproof.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What a machine is made of. It has no network, its root file system is a throw-away layer over
 * {@code rootfs}.
 *
 * @param id its name and place
 * @param rootfs an unpacked root file system whose owners are shifted by {@link
 *     Sandbox#firstHostId()}; never written to
 * @param mounts directories of the host to be seen inside
 * @param init the machine's first process: program and arguments; its end is the machine's end
 * @param uid user of the first process, as counted inside
 * @param gid group of the first process, as counted inside
 * @param limits what it may use of the host
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
   * A directory of the host, seen inside at {@code inside}.
   *
   * @param inside absolute path; it is made in the throw-away layer where the image lacks it
   * @param access what the machine may do there
   */
  public record Mount(Path host, String inside, Access access) {}

  /** What a machine may do with a mounted directory. */
  public enum Access {
    /** Owners on the host are shifted ones; the machine may write. */
    READ_WRITE,
    /** Owners on the host are shifted ones; the machine may only read. */
    READ_ONLY,
    /** Owners on the host are the host's own; the mount maps them, the machine may only read. */
    READ_ONLY_MAPPED
  }

  /**
   * Bounds; the kernel enforces them.
   *
   * @param memoryBytes memory of all processes inside, swap not included
   * @param cpus share of processors, {@code 1.5} for one and a half
   */
  public record Limits(long memoryBytes, double cpus) {
    public Limits {
      if (memoryBytes < 64L << 20) {
        throw new IllegalArgumentException(
            "a machine needs at least 64 MiB of memory, not " + memoryBytes + " bytes");
      }
      if (!(cpus > 0)) {
        throw new IllegalArgumentException("a machine needs more than no processor, not " + cpus);
      }
    }
  }
}
