package io.pgproof.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The contents of {@code image.json}. This file next to the root file system makes it an image.
 *
 * @param warnings what was missing during the build
 */
record ImageRecord(
    String key,
    int major,
    String postgresVersion,
    int uid,
    int gid,
    String binDirectory,
    Instant builtAt,
    long bytes,
    List<String> warnings) {
  private static final String FILE = "image.json";
  static final String ROOTFS = "rootfs";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(SerializationFeature.INDENT_OUTPUT);

  void write(Path directory) throws IOException {
    JSON.writeValue(directory.resolve(FILE).toFile(), this);
  }

  /**
   * Reads the image in this directory; empty if it is incomplete, that is, without a root file
   * system or a readable record.
   */
  static Optional<Image> read(Path directory) {
    Path rootfs = directory.resolve(ROOTFS);
    if (!Files.isDirectory(rootfs)) {
      return Optional.empty();
    }
    try {
      ImageRecord read = JSON.readValue(directory.resolve(FILE).toFile(), ImageRecord.class);
      if (!directory.getFileName().toString().equals(read.key)
          || read.postgresVersion == null
          || read.builtAt == null) {
        return Optional.empty();
      }
      return Optional.of(
          new Image(
              read.key,
              read.major,
              read.postgresVersion,
              rootfs,
              read.uid,
              read.gid,
              read.binDirectory,
              read.builtAt,
              read.bytes));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
