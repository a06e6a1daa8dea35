package io.pgproof;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks for what a verification may leave on this machine: files, mounts, control groups,
 * processes.
 */
public final class Remains {
  private static final String PROCESS = "process ";
  private static final Duration HOOK_ENDS_WITHIN = Duration.ofSeconds(30);

  private Remains() {}

  /** Fails when anything of this state directory's runs is left, naming it. */
  public static void assertNone(StateDirectory state) {
    List<String> left = of(state);
    // A hook that LXC starts as a container stops may outlive it by a moment.
    for (long until = System.nanoTime() + HOOK_ENDS_WITHIN.toNanos();
        !left.isEmpty()
            && left.stream().allMatch(what -> what.startsWith(PROCESS))
            && System.nanoTime() < until; ) {
      pause();
      left = of(state);
    }
    assertThat(left).as("what is left on this machine").isEmpty();
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The control groups whose names contain this. */
  public static List<Path> controlGroups(String name) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        Path.of("/sys/fs/cgroup"),
        Set.of(),
        3,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path group, BasicFileAttributes attributes) {
            if (group.getFileName().toString().contains(name)) {
              found.add(group);
            }
            return FileVisitResult.CONTINUE;
          }

          // Those of others come and go.
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path group, IOException failure)
              throws IOException {
            return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(group, failure);
          }
        });
    return found;
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
          .filter(
              line ->
                  line.contains(state.path() + "/runs/") || line.contains(state.machinePrefix()))
          .map(line -> "mount " + line)
          .forEach(left::add);
      controlGroups(state.machinePrefix()).forEach(group -> left.add("control group " + group));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .map(line -> line.contains(state.machinePrefix()))
                    .orElse(false))
        .map(process -> PROCESS + process.pid() + " " + process.info().commandLine().orElse(""))
        .forEach(left::add);
    return left;
  }
}
