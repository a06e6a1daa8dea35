package io.pgproof.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether a machine stands on an image, by what any process of this host has mounted. */
final class LowerLayers {
  private LowerLayers() {}

  /**
   * @param retired the image's directory as it is called now; a mount of a directory follows its
   *     renames
   * @param before as it was called when machines were made; an overlay keeps that name, and an
   *     image that has taken the place since cannot be told from the old one, so the answer may be
   *     yes once too often
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
      // The process ended while it was looked at.
      return "";
    }
  }
}
