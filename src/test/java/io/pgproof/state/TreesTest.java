package io.pgproof.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root. */
@Tag("container")
class TreesTest {
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
    assertThat(Files.readAllLines(Path.of("/proc/mounts"))).noneMatch(line -> line.contains(directory.toString()));
  }

  @Test
  void whatIsMountedInATreeIsUnmountedAndNotRemoved() throws Exception {
    Path lower = Files.createDirectories(run.resolve("under/lower layer"));
    bind(lower);
    bind(lower);

    Trees.remove(run);

    assertThat(run).doesNotExist();
    assertThat(backup.resolve("file")).hasContent("kept");
  }

  @Test
  void aTreeThatIsAMountIsUnmountedAndNotEmptied() throws Exception {
    bind(run);

    Trees.remove(run);

    assertThat(run).doesNotExist();
    assertThat(backup.resolve("file")).hasContent("kept");
  }

  private void bind(Path place) throws Exception {
    assertThat(new ProcessBuilder("mount", "--bind", backup.toString(), place.toString()).start().waitFor()).isZero();
  }
}
