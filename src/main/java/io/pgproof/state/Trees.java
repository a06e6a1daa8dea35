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

/** Directory trees of the state directory. */
public final class Trees {
  private static final Pattern SUM = Pattern.compile("([0-9]{1,18})\t");
  private static final Duration LONGEST_REMOVAL = Duration.ofHours(1);

  private Trees() {}

  /**
   * Removes a tree, links themselves and not what they lead to; does nothing where there is none.
   * What is mounted in it is unmounted first, for it may be a backup.
   *
   * <p>Another process removes it: a thread that waits for a file system that does not answer can
   * be ended by nobody, and would keep this process from ending too.
   *
   * @throws IOException when something remains, naming it, or when it is not done within the limit;
   *     a next call goes on
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

  /** The same within an hour, for those who may wait so long. */
  public static void remove(Path tree) throws IOException {
    remove(tree, LONGEST_REMOVAL);
  }

  /**
   * Bytes that a tree takes on its file system: the blocks of all files and directories, each once
   * whatever names it has, and nothing of what is mounted in it; none where there is no tree. What
   * comes or goes meanwhile is counted or not.
   *
   * @throws IOException when that cannot be told, or not within the limit
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
    // A file that went meanwhile makes it fail after it has told the sum of the others.
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
