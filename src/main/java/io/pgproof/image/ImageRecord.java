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
 * {@code image.json}, which lies beside the root file system and makes it an image.
 *
 * @param warnings what the build had to do without
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
   * The image in this directory; empty where it is not whole: no root file system, or no record
   * that can be read.
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
