package io.pgproof.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root, and a kernel that lays an overlay over an idmapped mount. */
@Tag("container")
class OverlayTest {
  private static final int OF_BACKUP = 101;
  private static final int OF_SERVER = 100100;

  @TempDir Path directory;
  private Path tree;
  private Path merged;

  @BeforeEach
  void makeTree() throws IOException {
    tree = own(Files.createDirectory(directory.resolve("tree")));
    own(Files.createDirectory(tree.resolve("base")));
    own(Files.writeString(tree.resolve("base/1"), "old"));
    merged = Files.createDirectory(directory.resolve("merged"));
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounts().size() > 0) {
      assertThat(new ProcessBuilder("umount", merged.toString()).start().waitFor()).isZero();
    }
    assertThat(mounts()).isEmpty();
  }

  @Test
  void theServerOwnsTheFilesAndItsWritesDoNotReachTheTree() throws Exception {
    assertThat(lay()).isTrue();

    assertThat(mounts()).hasSize(1);
    assertThat(Files.getAttribute(merged.resolve("base/1"), "unix:uid")).isEqualTo(OF_SERVER);
    assertThat(Files.getAttribute(merged.resolve("base/1"), "unix:gid")).isEqualTo(OF_SERVER);
    assertThat(Files.getAttribute(merged, "unix:uid")).isEqualTo(OF_SERVER);
    Files.writeString(merged.resolve("base/1"), "new");
    assertThat(Files.getAttribute(merged.resolve("base/1"), "unix:uid")).isEqualTo(OF_SERVER);
    Files.delete(Files.createFile(merged.resolve("base/2")));
    assertThat(tree.resolve("base/1")).hasContent("old");
    assertThat(Files.getAttribute(tree.resolve("base/1"), "unix:uid")).isEqualTo(OF_BACKUP);
  }

  @Test
  void filesOfTwoOwnersGetNoOverlay() throws Exception {
    Files.setAttribute(tree.resolve("base/1"), "unix:uid", OF_BACKUP + 1);

    assertThat(lay()).isFalse();
    assertThat(mounts()).isEmpty();
  }

  @Test
  void aFileThatItsOwnerCannotWriteGetsNoOverlay() throws Exception {
    Files.setPosixFilePermissions(
        tree.resolve("base/1"), PosixFilePermissions.fromString("r--------"));

    assertThat(lay()).isFalse();
    assertThat(mounts()).isEmpty();
  }

  @Test
  void aFailedMountLeavesNothingMounted() throws Exception {
    merged = directory.resolve("missing");

    assertThat(lay()).isFalse();
    assertThat(mounts()).isEmpty();
  }

  private boolean lay() throws InterruptedException {
    return Overlay.mountOver(tree, OF_SERVER, OF_SERVER, merged, directory.resolve("beside"));
  }

  private static Path own(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", OF_BACKUP);
    Files.setAttribute(path, "unix:gid", OF_BACKUP);
    return path;
  }

  private List<String> mounts() throws IOException {
    return Files.readAllLines(Path.of("/proc/mounts")).stream()
        .filter(line -> line.contains(directory.toString()))
        .toList();
  }
}
