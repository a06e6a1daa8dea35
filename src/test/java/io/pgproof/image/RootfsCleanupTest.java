package io.pgproof.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootfsCleanupTest {
  @TempDir Path place;
  private final HostPrograms programs = new HostPrograms();

  @Test
  @Tag("root")
  void mountsAreUnmountedAndNotEmptied() throws IOException {
    Path ofTheHost = Files.createDirectory(place.resolve("of-the-host"));
    Path kept = Files.writeString(ofTheHost.resolve("kept"), "content");
    Path building = Files.createDirectory(place.resolve("building"));
    Path mountPoint = Files.createDirectories(building.resolve("rootfs/sys"));
    assertThat(
            programs
                .run(
                    new HostCommand(
                        Duration.ofMinutes(1),
                        "mount",
                        "--bind",
                        ofTheHost.toString(),
                        mountPoint.toString()))
                .succeeded())
        .isTrue();

    RootfsCleanup.remove(building);

    assertThat(building).doesNotExist();
    assertThat(kept).exists();
  }

  @Test
  void aLeftoverBuilderIsKilledAndAReaderIsNot() throws Exception {
    Path building = Files.createDirectory(place.resolve("building"));
    Path rootfs = Files.createDirectory(building.resolve("rootfs"));
    // A program with the builder's name and argument, and one that merely names the directory.
    Path builder =
        Files.createSymbolicLink(place.resolve(Mmdebstrap.PROGRAM), Path.of("/usr/bin/tail"));
    Process ours =
        new ProcessBuilder(builder.toString(), "--follow", "/dev/null", rootfs.toString()).start();
    Process foreign =
        new ProcessBuilder("/usr/bin/tail", "--follow", "/dev/null", rootfs.toString()).start();
    try {
      RootfsCleanup.remove(building);

      assertThat(ours.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(foreign.isAlive()).isTrue();
      assertThat(building).doesNotExist();
    } finally {
      ours.destroyForcibly().waitFor();
      foreign.destroyForcibly().waitFor();
      Files.delete(builder);
    }
  }

  @Test
  void anInterruptDoesNotStopTheCleanup() throws IOException {
    Path building = Files.createDirectory(place.resolve("building"));
    Files.createSymbolicLink(building.resolve("link"), place);

    Thread.currentThread().interrupt();
    RootfsCleanup.remove(building);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(building).doesNotExist();
    assertThat(place).exists();
  }
}
