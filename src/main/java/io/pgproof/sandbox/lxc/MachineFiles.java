package io.pgproof.sandbox.lxc;

import io.pgproof.sandbox.MachineId;
import java.nio.file.Path;

/**
 * The files of a machine below its home.
 *
 * <p>The container's root must be able to reach its configuration and layer, but the state
 * directory is closed to everyone except the host's root. Therefore the container starts in its own
 * mount namespace, where everything it needs is below {@link #STAGE}. No other process sees these
 * mounts, and they end with the container. For LXC, every machine's home is therefore {@link
 * #LXC_PATH}, whatever it is on the host; the names distinguish the machines.
 */
record MachineFiles(MachineId id) {
  static final Path STAGE = Path.of("/run/pgproof");
  static final Path LXC_PATH = STAGE.resolve("machine");
  static final Path STAGED_ROOTFS = STAGE.resolve("rootfs");

  /** Path on the host where LXC keeps its lock files, by the container's path. */
  static final Path LXC_LOCKS = Path.of("/run/lxc/lock" + LXC_PATH);

  static Path stagedMount(int index) {
    return STAGE.resolve("mount" + index);
  }

  /** The directory where LXC looks for the configuration. */
  Path container() {
    return id.home().resolve(id.name());
  }

  /**
   * The configuration. It exists only if the machine is complete, because moving it into place is
   * the last step of the creation.
   */
  Path config() {
    return container().resolve("config");
  }

  /** The command line that starts the machine, each word terminated by a zero byte. */
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

  /** The counters of the memory control group, saved when the container ended. */
  Path memoryEvents() {
    return id.home().resolve("memory-events");
  }

  Path stagedDelta() {
    return LXC_PATH.resolve("layer/delta");
  }

  Path stagedMemoryEvents() {
    return LXC_PATH.resolve("memory-events");
  }

  /**
   * Path on the host that LXC creates whenever it writes a configuration, wherever it writes it to.
   */
  Path byproduct() {
    return LXC_PATH.resolve(id.name());
  }

  Path lock() {
    return LXC_LOCKS.resolve("." + id.name());
  }
}
