package io.pgproof.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Unmounts, removes and measures directory trees of the host. */
public final class Trees {
  private static final Pattern SUM = Pattern.compile("([0-9]{1,18})\t");
  private static final Duration LONGEST_UNMOUNT = Duration.ofMinutes(1);
  private static final Duration LONGEST_REMOVAL = Duration.ofHours(1);

  private Trees() {}

  /**
   * Removes trees. Symbolic links are removed, not their targets; a missing tree is ignored. File
   * systems mounted in a tree are unmounted first, because they can hold a backup, and removal
   * never enters one that is still mounted.
   *
   * <p>Another process removes the trees, because they can contain paths that are too long for
   * Java. A thread that waits for a file system that does not respond cannot be stopped, and it
   * would keep this process from exiting.
   *
   * @param limit for all of them together, without the unmounting
   * @throws IOException if something remains, which the message names, or if the limit is exceeded;
   *     the next call continues
   * @throws ProgramInterruptedException if the calling thread is interrupted
   */
  public static void remove(List<Path> trees, Duration limit) throws IOException {
    // rm also accesses paths that do not exist, and would wait for a disk that does not respond.
    List<Path> existing =
        trees.stream().filter(tree -> Files.exists(tree, LinkOption.NOFOLLOW_LINKS)).toList();
    if (existing.isEmpty()) {
      return;
    }
    List<String> line = new ArrayList<>(List.of("rm", "-rf", "--one-file-system", "--"));
    for (Path tree : existing) {
      unmount(Mounts.within(real(tree)));
      line.add(tree.toAbsolutePath().toString());
    }
    String what = existing.stream().map(Path::toString).collect(Collectors.joining(", "));
    ProgramResult programResult = run(what + " could not be removed", limit, line);
    if (!programResult.succeeded()) {
      throw new IOException(
          what
              + " could not be removed: "
              + (programResult.timedOut()
                  ? "not finished within " + limit.toSeconds() + " s; the next attempt continues"
                  : programResult.err().lines().findFirst().orElseGet(programResult::describe)));
    }
  }

  /** Removes one tree. */
  public static void remove(Path tree, Duration limit) throws IOException {
    remove(List.of(tree), limit);
  }

  /** Removes a tree with a limit of one hour, for callers that can wait that long. */
  public static void remove(Path tree) throws IOException {
    remove(tree, LONGEST_REMOVAL);
  }

  /**
   * Removes a tree with a limit of one hour. An interrupt does not stop the removal, and the thread
   * is still interrupted afterwards.
   */
  public static void removeUninterrupted(Path tree) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
        try {
          remove(tree);
        } catch (ProgramInterruptedException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Unmounts everything that is mounted below a directory, the newest mount first, but not what is
   * mounted on the directory itself.
   *
   * @throws IOException if something remains mounted, which the message names
   */
  public static void unmountBelow(Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      Path real = real(directory);
      unmount(Mounts.within(real).stream().filter(mount -> !mount.equals(real)).toList());
    }
  }

  /**
   * Returns the bytes that a tree occupies on its file system; zero if there is no tree. This is
   * the size of the blocks of all files and directories. A file with several names counts once, and
   * mounted file systems do not count. Files that appear or disappear meanwhile may or may not be
   * counted.
   *
   * @throws IOException if the size cannot be determined, or not within the limit
   */
  public static long allocated(Path tree, Duration limit) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    ProgramResult programResult =
        new HostPrograms()
            .run(
                new HostCommand(
                    limit,
                    "du",
                    "--summarize",
                    "--one-file-system",
                    "--block-size=1",
                    "--",
                    tree.toString()));
    // If a file disappears meanwhile, du prints the sum of the other files and then fails.
    Matcher sum = SUM.matcher(programResult.out());
    if (programResult.bySignal() || !sum.lookingAt()) {
      throw new IOException(
          "the size of " + tree + " cannot be measured: " + programResult.describe());
    }
    return Long.parseLong(sum.group(1));
  }

  /** Returns the path as the kernel names it; the last name may be a link. */
  private static Path real(Path tree) throws IOException {
    Path absolute = tree.toAbsolutePath();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new IOException(tree + " is the root of all files");
    }
    return parent.toRealPath().resolve(absolute.getFileName());
  }

  /**
   * @param mounts in mount order; unmounted lazily, because something may use them
   */
  private static void unmount(List<Path> mounts) throws IOException {
    List<Path> newestFirst = new ArrayList<>(mounts);
    Collections.reverse(newestFirst);
    for (Path mount : newestFirst) {
      ProgramResult programResult =
          run(
              mount + " cannot be unmounted",
              LONGEST_UNMOUNT,
              List.of("umount", "--lazy", "--", mount.toString()));
      if (!programResult.succeeded()) {
        throw new IOException(mount + " cannot be unmounted: " + programResult.describe());
      }
    }
  }

  /**
   * @throws IOException if the program cannot be started, or does not end after it was killed
   */
  private static ProgramResult run(String failed, Duration limit, List<String> line)
      throws IOException {
    try {
      return new HostPrograms().run(new HostCommand(limit, line.toArray(String[]::new)));
    } catch (UncheckedIOException e) {
      throw new IOException(failed + ": " + Objects.requireNonNull(e.getCause()).getMessage());
    }
  }
}
