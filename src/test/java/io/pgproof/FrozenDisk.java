package io.pgproof;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A file system of its own that can be frozen: whoever writes to it then is held by the kernel and
 * cannot be killed, as before a disk that does not answer. It needs root and loop devices.
 */
public final class FrozenDisk implements AutoCloseable {
  /** Thaws when it is told to, when the tests are gone, and at the latest after a minute. */
  private static final String FREEZE =
      """
      until [ -e "$2" ] || [ $SECONDS -ge 60 ]; do :; done
      fsfreeze --freeze "$1" && echo frozen && read -r -t 60; fsfreeze --unfreeze "$1"
      """;

  private final Path image;
  private final Path place;
  private Process frozen;

  private FrozenDisk(Path image, Path place) {
    this.image = image;
    this.place = place;
  }

  /** Mounts a new one of so many bytes, none of which is taken before it is used. */
  public static FrozenDisk mount(Path image, Path place, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    assumeTrue(run("mkfs.ext4", "-q", image.toString()), "mkfs.ext4 failed");
    assumeTrue(
        run("mount", "-o", "loop", image.toString(), place.toString()),
        "there is no loop device to be had");
    return new FrozenDisk(image, place);
  }

  public void freeze() throws IOException {
    freezeOnce(place);
  }

  /** Freezes it at the moment at which this file is there, and returns then. */
  public void freezeOnce(Path file) throws IOException {
    frozen =
        new ProcessBuilder("bash", "-c", FREEZE, "bash", place.toString(), file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!"frozen".equals(frozen.inputReader().readLine())) {
      throw new IOException(place + " could not be frozen");
    }
  }

  /** Does nothing where it is not frozen. */
  public void thaw() throws IOException {
    if (frozen != null) {
      frozen.getOutputStream().close();
      frozen.onExit().join();
      frozen = null;
    }
  }

  @Override
  public void close() throws IOException {
    thaw();
    if (!run("umount", place.toString())) {
      run("umount", "--lazy", place.toString());
      throw new IOException(place + " was still in use");
    }
    Files.delete(image);
  }

  private static boolean run(String... line) throws IOException {
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.onExit().orTimeout(1, TimeUnit.MINUTES).join().exitValue() == 0;
  }
}
