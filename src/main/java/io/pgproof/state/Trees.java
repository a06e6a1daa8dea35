package io.pgproof.state;

import io.pgproof.command.Ended;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.Mounts;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Directory trees of the state directory. */
public final class Trees {
  private Trees() {}

  /**
   * Removes a tree, links themselves and not what they lead to; does nothing where there is none. What is mounted in it is
   * unmounted first, for it may be a backup.
   *
   * @throws IOException when something remains, naming it
   */
  public static void remove(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    unmountIn(tree.toAbsolutePath().getParent().toRealPath().resolve(tree.getFileName()));
    Files.walkFileTree(tree, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
          return FileVisitResult.CONTINUE;
        }
        throw failure;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
        if (failure != null) {
          throw failure;
        }
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  private static void unmountIn(Path tree) throws IOException {
    List<Path> mounts = new ArrayList<>(Mounts.within(tree));
    Collections.reverse(mounts);
    for (Path mount : mounts) {
      Ended ended = new HostPrograms().run(new HostCommand(Duration.ofMinutes(1), "umount", "--lazy", "--", mount.toString()));
      if (!ended.succeeded()) {
        throw new IOException(mount + " cannot be unmounted, so nothing of " + tree + " was removed: " + ended.describe());
      }
    }
  }
}
