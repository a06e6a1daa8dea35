package io.pgproof.image;

import io.pgproof.command.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Removes a directory that a build created: its processes first, then its mounts, then the files.
 */
final class RootfsCleanup {
  private static final int TRIES = 5;

  private RootfsCleanup() {}

  /**
   * Removes {@code directory}; does nothing if it does not exist. An interrupt does not stop the
   * removal.
   *
   * @throws IOException if something in it cannot be unmounted or removed
   */
  static void remove(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      for (int again = TRIES; Files.exists(directory, LinkOption.NOFOLLOW_LINKS); again--) {
        interrupted |= Thread.interrupted();
        try {
          endProcesses(directory);
          Trees.removeUninterrupted(directory);
        } catch (IOException e) {
          // A dying process can have written once more.
          if (again <= 1) {
            throw e;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void endProcesses(Path directory) {
    List<ProcessHandle> ours = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (worksIn(process, directory)) {
          ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
              .filter(found -> found.pid() != ProcessHandle.current().pid())
              .ifPresent(ours::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ours.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : ours) {
      try {
        process.onExit().get(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException | TimeoutException e) {
        // A process that still lives shows itself when its files cannot be removed.
      }
    }
  }

  /**
   * Returns whether the process was started to build in exactly this directory, or has its root
   * there.
   */
  private static boolean worksIn(Path process, Path directory) {
    Path rootfs = directory.resolve(ImageRecord.ROOTFS);
    try {
      if (Files.readSymbolicLink(process.resolve("root")).startsWith(directory)) {
        return true;
      }
      String line =
          new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
      List<String> arguments = Arrays.asList(line.split("\0"));
      return arguments.contains(rootfs.toString())
          && arguments.stream()
              .anyMatch(argument -> Path.of(argument).endsWith(Mmdebstrap.PROGRAM));
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }
}
