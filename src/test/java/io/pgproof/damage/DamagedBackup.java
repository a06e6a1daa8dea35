package io.pgproof.damage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** A copy of a sound backup, in memory until it is written, for damage of every kind. */
final class DamagedBackup {
  /** What becomes of {@code backup_manifest}. */
  enum Listing {
    /** It stays: what was damaged was the backup. */
    KEPT,
    /** It fits what is there: what was damaged was the source, before the backup was taken. */
    REWRITTEN,
    /** There is none, as with {@code --no-manifest} and before version 13. */
    DROPPED
  }

  private final SoundBackup sound;
  private final Map<String, UnaryOperator<byte[]>> files = new LinkedHashMap<>();
  private Tar base;
  private Tar wal;
  private String manifest;

  DamagedBackup(SoundBackup sound) {
    this.sound = sound;
    this.manifest = sound.manifest();
  }

  /** The data directory; whatever is changed of it is packed anew. */
  Tar base() {
    base = base == null ? sound.base().copy() : base;
    return base;
  }

  /** The WAL; whatever is changed of it is packed anew. */
  Tar wal() {
    wal = wal == null ? sound.wal().copy() : wal;
    return wal;
  }

  /** Changes the manifest's text, whose own checksum is left as it was. */
  void manifest(UnaryOperator<String> change) {
    manifest = change.apply(manifest);
  }

  /** Changes a file of the backup as it lies; {@code null} for one that is not there. */
  void file(String name, UnaryOperator<byte[]> change) {
    files.put(name, change);
  }

  /** Writes it to a new directory. */
  Path write(Path directory, Listing listing) {
    try {
      Files.createDirectories(directory);
      put(directory, SoundBackup.BASE, packed(base, SoundBackup.BASE));
      put(directory, SoundBackup.WAL, packed(wal, SoundBackup.WAL));
      if (listing != Listing.DROPPED) {
        String text = listing == Listing.KEPT ? manifest : ManifestText.of(base(), manifest);
        put(directory, SoundBackup.MANIFEST, text.getBytes(StandardCharsets.UTF_8));
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(Path directory, String name, byte[] content) throws IOException {
    byte[] written = files.getOrDefault(name, UnaryOperator.identity()).apply(content);
    if (written != null) {
      Files.write(directory.resolve(name), written);
    }
  }

  private byte[] packed(Tar changed, String name) throws IOException {
    return changed == null
        ? Files.readAllBytes(sound.directory().resolve(name))
        : zipped(changed.bytes());
  }

  static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new Fast(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  private static final class Fast extends GZIPOutputStream {
    Fast(OutputStream out) throws IOException {
      super(out, 65536);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
