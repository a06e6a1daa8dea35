package io.pgproof.image;

import io.pgproof.command.HostPrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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

  /** An image below {@code images} with further packages of the same suite. */
  public static Image with(Path images, int major, int firstHostId, String... packages) {
    Path sources = images.resolveSibling("images-" + String.join("-", packages) + ".yaml");
    try {
      Files.createDirectories(sources.getParent());
      Files.writeString(sources, "images:\n  - postgres: " + major + "\n    extra-packages: [" + String.join(", ", packages) + "]\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuiltImages(images, sources, () -> firstHostId, new HostPrograms(), Clock.systemUTC())
        .build(major, false, System.err::println);
  }
}
