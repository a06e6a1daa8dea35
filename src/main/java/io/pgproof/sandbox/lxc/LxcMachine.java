package io.pgproof.sandbox.lxc;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramInterruptedException;
import io.pgproof.command.ProgramResult;
import io.pgproof.command.Trees;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.MachineSpec;
import io.pgproof.sandbox.SandboxException;
import io.pgproof.sandbox.lxc.binding.Liblxc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Operates on one machine as it is on disk and in the kernel. It keeps no state. The caller must
 * allow only one thread at a time.
 */
final class LxcMachine {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration OWN_END = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 10;

  private final MachineId id;
  private final MachineFiles files;
  private final HostPrograms programs;
  private final ControlGroups groups;
  private final MachineCleanup machineCleanup;
  private final Duration killedEndsWithin;

  LxcMachine(MachineId id, HostPrograms programs, ControlGroups groups, Duration killedEndsWithin) {
    this.id = id;
    this.killedEndsWithin = killedEndsWithin;
    this.files = new MachineFiles(id);
    this.programs = programs;
    this.groups = groups;
    this.machineCleanup = new MachineCleanup(groups, id);
  }

  boolean isComplete() {
    return Files.exists(files.config());
  }

  void create(Liblxc lxc, MachineSpec spec, IdMap ids) {
    try {
      Files.createDirectories(id.home());
      // The parent directories can be closed to the container's root, because it sees the home
      // below the stage. The home itself must be accessible.
      Files.setPosixFilePermissions(id.home(), PosixFilePermissions.fromString("rwx--x--x"));
      Files.createDirectory(files.container());
      Files.createDirectories(MachineFiles.LXC_PATH);
      Files.write(
          files.startLine(),
          (String.join("\0", Staging.startLine(spec)) + "\0").getBytes(StandardCharsets.UTF_8));
      Path part = files.container().resolve("config.part");
      try (LxcHandle handle = new LxcHandle(lxc, id)) {
        MachineConfig.items(spec, ids, groups)
            .forEach(item -> handle.set(item.key(), item.value()));
        handle.save(part);
      }
      Files.deleteIfExists(files.byproduct());
      Files.move(part, files.config(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new SandboxException(id + " could not be created below " + id.home() + ": " + e, e);
    }
  }

  void start(Liblxc lxc, IdMap ids) {
    if (!isComplete()) {
      throw new SandboxException(
          id
              + " cannot be started: it was not created, because "
              + files.config()
              + " does not exist");
    }
    ProgramResult programResult;
    try {
      // The remains of an earlier run would be mistaken for this run's, and LXC would choose other
      // names.
      stop();
      Files.deleteIfExists(files.log());
      Files.deleteIfExists(files.memoryEvents());
      renewLayer(ids);
      String[] line = Files.readString(files.startLine()).split("\0", -1);
      programResult =
          programs.run(
              new HostCommand(
                  Arrays.asList(line).subList(0, line.length - 1), START_LIMIT, Map.of()));
    } catch (IOException e) {
      throw new SandboxException(id + " cannot be started: " + e, e);
    } catch (ProgramInterruptedException e) {
      runUninterrupted(() -> stop());
      throw e;
    }
    if (!programResult.succeeded()) {
      stop();
      List<String> words = ContainerLog.errors(files.log());
      throw new SandboxException(
          id
              + " did not start; "
              + (words.isEmpty()
                  ? programResult.describe()
                  : "LXC says: " + String.join("; ", words)));
    }
    if (!running(lxc)) {
      List<String> words = ContainerLog.errors(files.log());
      throw new SandboxException(
          id
              + " started and its first process ended at once; LXC says: "
              + String.join("; ", words.isEmpty() ? ContainerLog.last(files.log()) : words));
    }
  }

  /** Makes the layer empty, because the kernel mounts a volatile layer only once. */
  private void renewLayer(IdMap ids) throws IOException {
    Trees.remove(files.layer(), START_LIMIT);
    for (Path directory : List.of(files.layer(), files.delta())) {
      Files.createDirectory(directory);
      Files.setAttribute(directory, "unix:uid", ids.firstHostId());
      Files.setAttribute(directory, "unix:gid", ids.firstHostId());
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  boolean running(Liblxc lxc) {
    if (!machineCleanup.hasControlGroups()) {
      return false;
    }
    try (LxcHandle handle = new LxcHandle(lxc, id)) {
      return handle.running();
    }
  }

  ProgramResult run(
      Liblxc lxc,
      int uid,
      int gid,
      Map<String, String> environment,
      Duration limit,
      List<String> inside) {
    if (!running(lxc)) {
      throw new SandboxException(
          inside.get(0) + " cannot run in " + id + ", because " + id + " does not run");
    }
    List<String> line =
        new ArrayList<>(
            List.of(
                "lxc-attach",
                "-P",
                MachineFiles.LXC_PATH.toString(),
                "-n",
                id.name(),
                "--clear-env",
                "-u",
                Integer.toString(uid),
                "-g",
                Integer.toString(gid)));
    environment.forEach((key, value) -> line.addAll(List.of("-v", key + "=" + value)));
    line.add("--");
    line.addAll(inside);
    ProgramResult programResult = programs.run(new HostCommand(line, limit, Map.of()));
    // lxc-attach has no exit status of its own for a failure: it prints a message and exits with 1,
    // as the program could.
    if (programResult.status() == 1
        && programResult.err().startsWith("lxc-attach: " + id.name() + ":")) {
      throw new SandboxException(
          inside.get(0) + " could not run in " + id + ": " + programResult.err().strip());
    }
    return programResult;
  }

  void stop(Liblxc lxc, Duration limit) {
    if (running(lxc)) {
      boolean asked;
      try (LxcHandle handle = new LxcHandle(lxc, id)) {
        asked = handle.requestShutdown();
      }
      if (asked) {
        await(limit, () -> machineCleanup.processes().isEmpty());
      }
    }
    stop();
  }

  /**
   * Kills all processes of the machine and waits for their end; does nothing if none runs.
   *
   * <p>It does not call liblxc. liblxc would ask the monitor, and would wait forever for a monitor
   * that is stopped.
   */
  void stop() {
    if (machineCleanup.processes().isEmpty()) {
      machineCleanup.removeControlGroups();
      return;
    }
    boolean programResult =
        await(
            killedEndsWithin,
            () -> {
              Set<Long> pids = machineCleanup.processes();
              machineCleanup.kill(pids);
              // Killed processes that are frozen die only when they are thawed.
              machineCleanup.thaw();
              return pids.isEmpty();
            });
    if (!programResult) {
      throw new SandboxException(
          "processes "
              + machineCleanup.processes()
              + " of "
              + id
              + " were killed but do not end;"
              + " they wait in the kernel: check the disk below "
              + id.home());
    }
    await(
        OWN_END,
        () -> {
          machineCleanup.removeControlGroups();
          return !machineCleanup.hasControlGroups();
        });
  }

  /** Destroys the machine, even if it is half created, half destroyed or unknown. */
  void destroy() {
    runUninterrupted(
        () -> {
          stop();
          machineCleanup.unmountAndRemoveFiles();
          if (machineCleanup.hasControlGroups()) {
            throw new SandboxException(
                "control groups " + groups.of(id.name()) + " of " + id + " could not be removed");
          }
        });
  }

  boolean ranOutOfMemory() {
    List<Path> candidates = new ArrayList<>(List.of(files.memoryEvents()));
    candidates.addAll(groups.memoryEvents(id.name()));
    // Check the file again, because the machine can end during the check.
    candidates.add(files.memoryEvents());
    for (Path counters : candidates) {
      try {
        if (ControlGroups.ranOut(Files.readString(counters))) {
          return true;
        }
      } catch (IOException notThere) {
        // The counters are in one of these places, depending on the host and on whether the machine
        // runs.
      }
    }
    return false;
  }

  private static boolean await(Duration limit, BooleanSupplier reached) {
    long end = System.nanoTime() + limit.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SandboxException("interrupted while waiting for a machine to end", e);
      }
    }
    return true;
  }

  /**
   * Runs the work without interrupts. A teardown often follows an interrupt, which must not stop it
   * too.
   */
  private static void runUninterrupted(Runnable work) {
    boolean interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
