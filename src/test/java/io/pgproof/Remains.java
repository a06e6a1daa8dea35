package io.pgproof;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks for what a verification may leave on this machine: files, mounts, control groups, processes. */
public final class Remains {
  private Remains() {}

  /** Fails when anything of this state directory's runs is left, naming it. */
  public static void assertNone(StateDirectory state) {
    assertThat(of(state)).as("what is left on this machine").isEmpty();
  }

  static List<String> of(StateDirectory state) {
    List<String> left = new ArrayList<>();
    try {
      if (Files.isDirectory(state.runs())) {
        try (Stream<Path> runs = Files.list(state.runs())) {
          runs.map(path -> "file " + path).forEach(left::add);
        }
      }
      Files.readAllLines(Path.of("/proc/mounts")).stream()
          .filter(line -> line.contains(state.path() + "/runs/") || line.contains(state.machinePrefix()))
          .map(line -> "mount " + line).forEach(left::add);
      try (Stream<Path> groups = Files.walk(Path.of("/sys/fs/cgroup"), 3)) {
        groups.filter(group -> group.getFileName().toString().contains(state.machinePrefix()))
            .map(group -> "control group " + group).forEach(left::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().map(line -> line.contains(state.machinePrefix())).orElse(false))
        .map(process -> "process " + process.pid() + " " + process.info().commandLine().orElse("")).forEach(left::add);
    return left;
  }
}
