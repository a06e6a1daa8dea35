package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.FrozenDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpreadDirectoryTest {
  /** Inodes of a few parts of the disk, as ext4 divides it. */
  private static final long FAR = 32_768;

  @TempDir Path directory;

  /** Needs loop devices. */
  @SuppressWarnings("try")
  @Test
  @Tag("root")
  void onlyItsSubdirectoriesLieFarApartOnExt4() throws IOException {
    Path mounted = Files.createDirectory(directory.resolve("mounted"));
    try (FrozenDisk disk = FrozenDisk.mount(directory.resolve("disk"), mounted, 32L << 30)) {
      Path near = Files.createDirectory(mounted.resolve("near"));
      Path existing = Files.createDirectory(mounted.resolve("existing"));
      Path spread = mounted.resolve("spread");
      SpreadDirectory.create(existing);
      SpreadDirectory.create(spread);
      SpreadDirectory.create(spread);

      assertThat(distance(near)).isLessThan(FAR);
      assertThat(distance(existing)).isGreaterThan(FAR);
      assertThat(distance(spread)).isGreaterThan(FAR);
    }
  }

  @Test
  void elsewhereItIsADirectoryAsAnyOther() throws IOException {
    Path inMemory = Files.createTempDirectory(Path.of("/dev/shm"), "pgproof-spread");
    try {
      Path created = inMemory.resolve("a/b");
      SpreadDirectory.create(created);
      assertThat(created).isEmptyDirectory();
      Files.delete(created);
      Files.delete(inMemory.resolve("a"));
    } finally {
      Files.delete(inMemory);
    }
  }

  /** Creates 32 subdirectories; returns how far apart the inodes of the outermost are. */
  private static long distance(Path directory) throws IOException {
    long least = Long.MAX_VALUE;
    long most = 0;
    for (int number = 0; number < 32; number++) {
      Path created = Files.createDirectory(directory.resolve("20261202-030000-" + number));
      long inode = (Long) Files.getAttribute(created, "unix:ino");
      least = Math.min(least, inode);
      most = Math.max(most, inode);
    }
    return most - least;
  }
}
