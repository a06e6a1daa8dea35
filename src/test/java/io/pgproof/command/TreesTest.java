package io.pgproof.command;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.FrozenDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root. */
@Tag("container")
class TreesTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir Path directory;
  private Path backup;
  private Path run;

  @BeforeEach
  void makeBackup() throws IOException {
    backup = Files.createDirectory(directory.resolve("backup"));
    Files.writeString(backup.resolve("file"), "kept");
    run = Files.createDirectory(directory.resolve("a run"));
  }

  @AfterEach
  void nothingIsMounted() throws IOException {
    assertThat(Files.readAllLines(Path.of("/proc/mounts")))
        .noneMatch(line -> line.contains(directory.toString()));
  }

  @Test
  void mountsInATreeAreUnmountedAndNotEmptied() throws Exception {
    Path lower = Files.createDirectories(run.resolve("under/lower layer"));
    bind(lower);
    bind(lower);

    Trees.remove(run);

    assertThat(run).doesNotExist();
    assertThat(backup.resolve("file")).hasContent("kept");
  }

  @Test
  void aMountedTreeIsUnmountedAndNotEmptied() throws Exception {
    bind(run);

    Trees.remove(run);

    assertThat(run).doesNotExist();
    assertThat(backup.resolve("file")).hasContent("kept");
  }

  @Test
  void theSizeOfATreeLeavesOutMounts() throws Exception {
    Path mounted = Files.createDirectory(run.resolve("mounted"));
    assertThat(
            new ProcessBuilder("mount", "-t", "tmpfs", "pgproof-test", mounted.toString())
                .start()
                .waitFor())
        .isZero();
    try {
      Files.write(mounted.resolve("elsewhere"), new byte[4 << 20]);
      long empty = Trees.allocated(run, LIMIT);
      assertThat(empty).isLessThan(1 << 20);

      Path file = Files.write(run.resolve("file"), new byte[1 << 20]);
      Files.createLink(run.resolve("its other name"), file);
      try (FileChannel sparse = FileChannel.open(run.resolve("sparse"), CREATE_NEW, WRITE)) {
        sparse.write(ByteBuffer.wrap(new byte[1]), 64 << 20);
      }
      assertThat(Trees.allocated(run, LIMIT) - empty).isBetween(1L << 20, 2L << 20);
    } finally {
      Trees.remove(run);
    }
    assertThat(Trees.allocated(run, LIMIT)).as("where nothing is").isZero();
  }

  @Test
  void aFileSystemThatDoesNotAnswerIsGivenUpAtTheLimit() throws Exception {
    try (FrozenDisk disk = FrozenDisk.mount(directory.resolve("image"), run, 64 << 20)) {
      Path tree = Files.createDirectory(run.resolve("tree"));
      Files.writeString(tree.resolve("file"), "");
      disk.freeze();

      assertThatThrownBy(() -> Trees.remove(tree, Duration.ofSeconds(1)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(tree + " could not be removed")
          .hasMessageContaining("a disk does not respond");

      disk.thaw();
      Trees.remove(tree, LIMIT);
      assertThat(tree).doesNotExist();
    }
  }

  private void bind(Path place) throws Exception {
    assertThat(
            new ProcessBuilder("mount", "--bind", backup.toString(), place.toString())
                .start()
                .waitFor())
        .isZero();
  }
}
