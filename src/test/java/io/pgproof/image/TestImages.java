package io.pgproof.image;

import io.pgproof.command.HostPrograms;
import java.nio.file.Path;
import java.time.Clock;

/** Real images for the tests of all rooms, built once and kept below the build directory. */
public final class TestImages {
  private TestImages() {}

  /** @param firstHostId of the sandbox that is to use it */
  public static Image of(int major, int firstHostId) {
    Path images = Path.of("target", "test-images").toAbsolutePath();
    return new BuiltImages(images, images.resolve("images.yaml"), () -> firstHostId, new HostPrograms(), Clock.systemUTC())
        .build(major, false, System.err::println);
  }
}
