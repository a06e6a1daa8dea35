package io.pgproof.postgres.recovery;

import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The machine whose first process is the restored server. It runs the server's programs inside, and
 * stops the server without losing the machine.
 *
 * @param rootfs root file system of the image, on the host
 * @param uid user id of the server inside
 * @param gid group id of the server inside
 * @param order the request that prepared the recovery
 */
public record ServerMachine(
    Sandbox sandbox, MachineId id, Path rootfs, int uid, int gid, RecoveryRequest order) {
  private static final Duration HALT = Duration.ofMinutes(10);

  /** Returns whether the image has this program among the server's programs. */
  public boolean has(String program) {
    return Files.exists(rootfs.resolve(path(program).substring(1)));
  }

  /**
   * Runs one of the server's programs inside and waits for it; it ends with the machine.
   *
   * @throws io.pgproof.sandbox.SandboxException if it could not be run, or the caller was
   *     interrupted
   */
  public Sandbox.Ended run(
      String program, Map<String, String> environment, Duration limit, List<String> arguments) {
    List<String> line = new ArrayList<>(List.of(path(program)));
    line.addAll(arguments);
    Map<String, String> whole = new TreeMap<>(environment);
    whole.put("PATH", "/usr/bin:/bin");
    whole.put("LC_ALL", "C");
    whole.put("HOME", "/tmp");
    return sandbox.run(id, uid, gid, whole, limit, line);
  }

  /**
   * Stops the server by a fast shutdown, and with it the machine. The server's files then contain
   * everything that it had in memory.
   */
  public void stop() {
    sandbox.stop(id, HALT);
  }

  /**
   * Starts the halted machine again with an idle first process, so that programs can run on the
   * files.
   */
  public void startIdle() {
    RecoveryPreparation.useIdleProcess(order);
    sandbox.start(id);
  }

  private String path(String program) {
    return order.binDirectory() + "/" + program;
  }
}
