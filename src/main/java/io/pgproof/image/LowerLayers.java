package io.pgproof.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Detects whether a machine uses an image, from the mounts of all processes of this host. */
final class LowerLayers {
  private LowerLayers() {}

  /**
   * @param retired the current name of the image's directory; a mount of a directory follows its
   *     renames
   * @param before its name when machines were created. An overlay keeps that name, so an image that
   *     now has this name cannot be distinguished from the old one, and the result can be a false
   *     yes
   */
  static boolean inUse(Path retired, Path before) {
    String bound = "/" + retired.getFileName() + "/" + ImageRecord.ROOTFS + " ";
    String overlaid = "lowerdir=" + before.resolve(ImageRecord.ROOTFS) + ",";
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        String mounts = mountinfo(process);
        if (mounts.contains(bound) || mounts.contains(overlaid)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("the processes of this host cannot be listed", e);
    }
  }

  private static String mountinfo(Path process) {
    try {
      return Files.readString(process.resolve("mountinfo"));
    } catch (IOException e) {
      // The process ended in the meantime.
      return "";
    }
  }
}
