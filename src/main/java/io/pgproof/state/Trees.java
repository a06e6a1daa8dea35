package io.pgproof.state;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Mounts;
import io.pgproof.command.ProgramResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Removes and measures directory trees of the state directory. */
public final class Trees {
  private static final Pattern SUM = Pattern.compile("([0-9]{1,18})\t");
  private static final Duration LONGEST_REMOVAL = Duration.ofHours(1);

  private Trees() {}

  /**
   * Removes a tree. Symbolic links are removed, not their targets; a missing tree is ignored. File
   * systems mounted in the tree are unmounted first, because they can hold a backup.
   *
   * <p>Another process removes the tree. A thread that waits for a file system that does not
   * respond cannot be stopped, and it would keep this process from exiting.
   *
   * @throws IOException if something remains, which the message names, or if the limit is exceeded;
   *     the next call continues
   */
  public static void remove(Path tree, Duration limit) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    unmountIn(tree.toAbsolutePath().getParent().toRealPath().resolve(tree.getFileName()));
    ProgramResult programResult;
    try {
      programResult =
          new HostPrograms()
              .run(
                  new HostCommand(
                      limit,
                      "rm",
                      "-rf",
                      "--one-file-system",
                      "--",
                      tree.toAbsolutePath().toString()));
    } catch (UncheckedIOException e) {
      throw new IOException(tree + " could not be removed: " + e.getCause().getMessage());
    }
    if (!programResult.succeeded()) {
      throw new IOException(
          tree
              + " could not be removed: "
              + (programResult.timedOut()
                  ? "that was not done within " + limit.toSeconds() + " s, the next try goes on"
                  : programResult.err().lines().findFirst().orElseGet(programResult::describe)));
    }
  }

  /** Removes a tree with a limit of one hour, for callers that can wait that long. */
  public static void remove(Path tree) throws IOException {
    remove(tree, LONGEST_REMOVAL);
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
      throw new IOException("what " + tree + " takes cannot be told: " + programResult.describe());
    }
    return Long.parseLong(sum.group(1));
  }

  private static void unmountIn(Path tree) throws IOException {
    List<Path> mounts = new ArrayList<>(Mounts.within(tree));
    Collections.reverse(mounts);
    for (Path mount : mounts) {
      ProgramResult programResult =
          new HostPrograms()
              .run(
                  new HostCommand(
                      Duration.ofMinutes(1), "umount", "--lazy", "--", mount.toString()));
      if (!programResult.succeeded()) {
        throw new IOException(
            mount
                + " cannot be unmounted, so nothing of "
                + tree
                + " was removed: "
                + programResult.describe());
      }
    }
  }
}
