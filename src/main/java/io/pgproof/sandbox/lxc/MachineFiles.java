package io.pgproof.sandbox.lxc;

import io.pgproof.sandbox.MachineId;
import java.nio.file.Path;

/**
 * What a machine consists of, below its home.
 *
 * <p>The container's root must be able to walk to its configuration and layer, but the state
 * directory is closed to all but the host's root. So the container is started in a mount namespace
 * of its own where all it needs lies below {@link #STAGE}; these mounts are seen by nobody else and
 * end with the container. For LXC the machine's home is therefore {@link #LXC_PATH}, whatever it is
 * on the host; names tell machines apart.
 */
record MachineFiles(MachineId id) {
  static final Path STAGE = Path.of("/run/pgproof");
  static final Path LXC_PATH = STAGE.resolve("machine");
  static final Path STAGED_ROOTFS = STAGE.resolve("rootfs");

  /** On the host; LXC keeps its lock files there, by the container's path. */
  static final Path LXC_LOCKS = Path.of("/run/lxc/lock" + LXC_PATH);

  static Path stagedMount(int index) {
    return STAGE.resolve("mount" + index);
  }

  /** The directory where LXC looks for the configuration. */
  Path container() {
    return id.home().resolve(id.name());
  }

  /** There only when the machine is whole: it is moved into place as the last step of making it. */
  Path config() {
    return container().resolve("config");
  }

  /** The command line that starts the machine, each word ended by a zero byte. */
  Path startLine() {
    return container().resolve("start");
  }

  Path layer() {
    return id.home().resolve("layer");
  }

  Path delta() {
    return layer().resolve("delta");
  }

  Path log() {
    return id.home().resolve("lxc.log");
  }

  /** The memory control group's counters, kept when the container ended. */
  Path memoryEvents() {
    return id.home().resolve("memory-events");
  }

  Path stagedDelta() {
    return LXC_PATH.resolve("layer/delta");
  }

  Path stagedMemoryEvents() {
    return LXC_PATH.resolve("memory-events");
  }

  /** On the host; LXC makes it whenever it writes a configuration, wherever that goes. */
  Path byproduct() {
    return LXC_PATH.resolve(id.name());
  }

  Path lock() {
    return LXC_LOCKS.resolve("." + id.name());
  }
}
