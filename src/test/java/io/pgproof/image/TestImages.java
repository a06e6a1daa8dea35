package io.pgproof.image;

import io.pgproof.BuildDirectory;
import io.pgproof.command.HostCommand;
import io.pgproof.command.HostPrograms;
import io.pgproof.command.ProgramResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * Real images for the tests of all rooms, built once for all JVMs of the tests below the build
 * directory.
 */
public final class TestImages {
  private static final String PLACE = "test-images";

  private TestImages() {}

  /**
   * @param firstHostId of the sandbox that is to use it
   */
  public static Image of(int major, int firstHostId) {
    return BuildDirectory.alone(
        PLACE,
        images -> {
          Files.createDirectories(images);
          EmbeddedServers.need(major, images, new HostPrograms());
          Path sources = Files.writeString(images.resolve("images.yaml"), configuration());
          return new BuiltImages(
                  images.resolve("built"),
                  sources,
                  () -> firstHostId,
                  new HostPrograms(),
                  Clock.systemUTC())
              .build(major, false, System.err::println);
        });
  }

  /** What {@code images.yaml} says of them. */
  public static String configuration() {
    return EmbeddedServers.configuration(BuildDirectory.path(PLACE));
  }

  /**
   * Gives an image to another directory of images; images are big and never written to, so that
   * they share their files.
   */
  public static void link(Image image, Path images) throws IOException {
    Files.createDirectories(images);
    HostPrograms programs = new HostPrograms();
    String from = image.rootfs().getParent().toString();
    if (!copy("-al", from, images, programs).succeeded()) {
      // Files of another file system cannot be shared.
      RootfsCleanup.remove(images.resolve(image.key()));
      ProgramResult copied = copy("-a", from, images, programs);
      if (!copied.succeeded()) {
        throw new IOException(copied.describe());
      }
    }
  }

  private static ProgramResult copy(String how, String from, Path to, HostPrograms programs) {
    return programs.run(new HostCommand(Duration.ofMinutes(5), "cp", how, from, to.toString()));
  }

  /** An image below {@code images} with further packages of the same suite. */
  public static Image with(Path images, int major, int firstHostId, String... packages) {
    Path sources = images.resolveSibling("images-" + String.join("-", packages) + ".yaml");
    try {
      Files.createDirectories(sources.getParent());
      Files.writeString(
          sources,
          "images:\n  - postgres: "
              + major
              + "\n    extra-packages: ["
              + String.join(", ", packages)
              + "]\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuiltImages(
            images, sources, () -> firstHostId, new HostPrograms(), Clock.systemUTC())
        .build(major, false, System.err::println);
  }
}
