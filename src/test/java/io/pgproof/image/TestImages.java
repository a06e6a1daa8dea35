package io.pgproof.image;

import io.pgproof.command.HostPrograms;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

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
    HostPrograms programs = new HostPrograms();
    return new DebianImages(images, version -> Recipe.of(version, firstHostId).map(recipe -> recipe.withPackages(
        Stream.concat(recipe.packages().stream(), List.of(packages).stream()).toList())),
        new Mmdebstrap(programs), programs, Clock.systemUTC()).build(major, false, System.err::println);
  }
}
