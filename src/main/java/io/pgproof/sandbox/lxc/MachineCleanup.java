package io.pgproof.sandbox.lxc;

import io.pgproof.command.Trees;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds and removes what a machine left on the host, by its id alone: processes, control groups,
 * mounts and files.
 */
final class MachineCleanup {
  private static final Duration REMOVAL = Duration.ofMinutes(3);

  private final ControlGroups groups;
  private final MachineId id;
  private final MachineFiles files;

  MachineCleanup(ControlGroups groups, MachineId id) {
    this.groups = groups;
    this.id = id;
    this.files = new MachineFiles(id);
  }

  /**
   * Returns all processes in the machine, its monitor, and the processes that are about to start it
   * or to run a program in it.
   */
  Set<Long> processes() {
    Set<Long> pids = ControlGroups.processes(groups.of(id.name()));
    pids.addAll(startingProcesses());
    return pids;
  }

  /**
   * Returns the LXC programs for this machine, whether or not they are already in one of its
   * control groups.
   */
  Set<Long> startingProcesses() {
    Set<Long> pids = new TreeSet<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        String pid = process.getFileName().toString();
        if (pid.chars().allMatch(Character::isDigit) && isOurs(process)) {
          pids.add(Long.parseLong(pid));
        }
      }
    } catch (IOException e) {
      throw new SandboxException(
          "the processes of this machine cannot be listed: " + e.getMessage(), e);
    }
    return pids;
  }

  void kill(Set<Long> pids) {
    pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
  }

  void thaw() {
    ControlGroups.thaw(groups.of(id.name()));
  }

  void removeControlGroups() {
    ControlGroups.remove(groups.of(id.name()));
  }

  boolean hasControlGroups() {
    return !groups.of(id.name()).isEmpty();
  }

  /** Unmounts everything below the home, and removes what LXC and the machine wrote. */
  void unmountAndRemoveFiles() {
    try {
      Trees.unmountBelow(id.home());
      Trees.remove(
          List.of(
              files.config(),
              files.container(),
              files.layer(),
              files.log(),
              files.memoryEvents(),
              files.byproduct(),
              files.lock()),
          REMOVAL);
    } catch (IOException e) {
      throw new SandboxException(
          "the remains of " + id + " below " + id.home() + " cannot be removed: " + e.getMessage(),
          e);
    }
  }

  private boolean isOurs(Path process) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(process.resolve("cmdline"));
    } catch (IOException gone) {
      return false;
    }
    List<String> line = Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\0"));
    String monitor = "[lxc monitor] " + MachineFiles.LXC_PATH + " " + id.name();
    if (line.get(0).strip().equals(monitor)) {
      return true;
    }
    int name = line.indexOf("-n");
    int path = line.indexOf("-P");
    return name > 0
        && path > 0
        && name + 1 < line.size()
        && path + 1 < line.size()
        && line.get(name + 1).equals(id.name())
        && line.get(path + 1).equals(MachineFiles.LXC_PATH.toString())
        && line.stream()
            .limit(path)
            .anyMatch(word -> word.endsWith("lxc-start") || word.endsWith("lxc-attach"));
  }
}
