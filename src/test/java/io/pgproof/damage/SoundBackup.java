package io.pgproof.damage;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * A backup that {@code pg_basebackup --format=tar --gzip} wrote, read into memory.
 *
 * @param directory where it lies
 * @param base not to be changed
 * @param wal not to be changed
 * @param manifest the text of {@code backup_manifest}; empty where there is none
 */
record SoundBackup(Path directory, Tar base, Tar wal, String manifest) {
  static final String BASE = "base.tar.gz";
  static final String WAL = "pg_wal.tar.gz";
  static final String MANIFEST = "backup_manifest";

  static SoundBackup read(Path directory) {
    try {
      return new SoundBackup(
          directory,
          tar(directory.resolve(BASE)),
          tar(directory.resolve(WAL)),
          Files.exists(directory.resolve(MANIFEST))
              ? Files.readString(directory.resolve(MANIFEST))
              : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tar tar(Path archive) throws IOException {
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
      return Tar.read(in.readAllBytes());
    }
  }
}
