package io.pgproof.sandbox.lxc;

import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.SandboxException;
import io.pgproof.sandbox.lxc.binding.Liblxc;
import io.pgproof.sandbox.lxc.binding.LxcContainer;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An open handle to one container of liblxc. The caller must close it.
 *
 * <p>Guarded against use after close and against use by two threads at once.
 */
final class LxcHandle implements AutoCloseable {
  private final Liblxc lxc;
  private final MachineId id;
  private final ReentrantLock oneThread = new ReentrantLock();
  private @Nullable LxcContainer container;

  /**
   * @throws SandboxException if liblxc returns no container; liblxc gives no reason
   */
  LxcHandle(Liblxc lxc, MachineId id) {
    this.lxc = lxc;
    this.id = id;
    container = lxc.lxc_container_new(id.name(), MachineFiles.LXC_PATH.toString());
    if (container == null) {
      throw new SandboxException(
          "liblxc returned no handle for " + id + " in " + MachineFiles.LXC_PATH);
    }
    String name = container.name;
    if (!id.name().equals(name)) {
      close();
      throw new SandboxException(
          "liblxc "
              + lxc.lxc_get_version()
              + " does not have the structure of its"
              + " version: the name of "
              + id
              + " reads "
              + name);
    }
  }

  /** Sets one item; {@code value} must be valid in a line of the configuration file. */
  void set(String key, String value) {
    if (value.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(key + " cannot contain a line break: " + value);
    }
    use(
        c -> {
          if (c.set_config_item.call(c, key, value) == 0) {
            throw new SandboxException(
                "liblxc refused the setting " + key + " = " + value + " of " + id);
          }
          return null;
        });
  }

  void save(Path file) {
    use(
        c -> {
          if (c.save_config.call(c, file.toString()) == 0) {
            throw new SandboxException("liblxc could not write " + file);
          }
          return null;
        });
  }

  boolean running() {
    return use(c -> "RUNNING".equals(c.state.call(c)));
  }

  /**
   * Sends the halt signal to the first process and does not wait.
   *
   * <p>Returns false if liblxc could not send it.
   */
  boolean requestShutdown() {
    // liblxc takes the signal from the configuration of this handle, not from that of the running
    // container.
    set(MachineConfig.HALT.key(), MachineConfig.HALT.value());
    return use(c -> c.shutdown.call(c, 0) != 0);
  }

  @Override
  public void close() {
    oneThread.lock();
    try {
      if (container != null) {
        lxc.lxc_container_put(container);
        container = null;
      }
    } finally {
      oneThread.unlock();
    }
  }

  private <T> T use(Function<LxcContainer, T> call) {
    if (!oneThread.tryLock()) {
      throw new IllegalStateException("the handle of " + id + " is in use by another thread");
    }
    try {
      if (container == null) {
        throw new IllegalStateException("the handle of " + id + " is closed");
      }
      return call.apply(container);
    } finally {
      oneThread.unlock();
    }
  }
}
