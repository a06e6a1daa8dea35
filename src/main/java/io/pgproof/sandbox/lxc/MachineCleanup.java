package io.pgproof.sandbox.lxc;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Mounts;
import io.pgproof.command.ProgramResult;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

  private final HostPrograms programs;
  private final ControlGroups groups;
  private final MachineId id;
  private final MachineFiles files;

  MachineCleanup(HostPrograms programs, ControlGroups groups, MachineId id) {
    this.programs = programs;
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
    pids.addAll(starters());
    return pids;
  }

  /**
   * Returns the LXC programs for this machine, whether or not they are already in one of its
   * control groups.
   */
  Set<Long> starters() {
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

  /** Unmounts everything below the home, the newest mount first. */
  void unmount() {
    for (Path target : mountsBelow(id.home())) {
      ProgramResult programResult =
          programs.run(new HostCommand(Duration.ofMinutes(1), "umount", "--", target.toString()));
      if (!programResult.succeeded()) {
        programResult =
            programs.run(
                new HostCommand(
                    Duration.ofMinutes(1), "umount", "--lazy", "--", target.toString()));
      }
      if (!programResult.succeeded()) {
        throw new SandboxException(
            target + " of " + id + " could not be unmounted: " + programResult.describe());
      }
    }
  }

  /**
   * Removes what LXC and the machine wrote. It uses rm, because the machine can have created paths
   * that are too long for Java.
   */
  void removeFiles() {
    List<String> line = new ArrayList<>(List.of("rm", "-rf", "--one-file-system", "--"));
    // rm also accesses paths that do not exist, and would wait for a disk that does not respond.
    Stream.of(
            files.config(),
            files.container(),
            files.layer(),
            files.log(),
            files.memoryEvents(),
            files.byproduct(),
            files.lock())
        .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
        .forEach(path -> line.add(path.toString()));
    ProgramResult programResult =
        programs.run(new HostCommand(REMOVAL, line.toArray(String[]::new)));
    if (!programResult.succeeded()) {
      throw new SandboxException(
          "what "
              + id
              + " wrote below "
              + id.home()
              + " could not be removed: "
              + programResult.describe());
    }
  }

  static List<Path> mountsBelow(Path directory) {
    try {
      List<Path> mounts = new ArrayList<>(Mounts.within(directory));
      mounts.remove(directory);
      Collections.reverse(mounts);
      return mounts;
    } catch (IOException e) {
      throw new SandboxException(
          "the mounts of this machine cannot be listed: " + e.getMessage(), e);
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
