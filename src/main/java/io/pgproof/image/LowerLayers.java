package io.pgproof.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether a machine stands on an image, by the overlays that any process of this host has mounted. */
final class LowerLayers {
  private LowerLayers() {}

  /**
   * @param image its directory's name when the overlay was mounted, which a later rename does not change; an image that
   *     has taken its place since cannot be told from it, so the answer may be yes once too often
   */
  static boolean inUse(Path image) {
    String lower = "lowerdir=" + image.resolve(ImageRecord.ROOTFS);
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (names(process.resolve("mountinfo"), lower)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("the processes of this host cannot be listed", e);
    }
  }

  private static boolean names(Path mountinfo, String lower) {
    try {
      return Files.readString(mountinfo).contains(lower + ",");
    } catch (IOException e) {
      // The process ended while it was looked at.
      return false;
    }
  }
}
