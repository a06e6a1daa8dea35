package io.pgproof.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Computes SHA-256 of files and caches it while a file looks unchanged, because a tarball is hashed
 * again and again.
 */
final class Sha256 {
  private static final Map<Path, Seen> KNOWN = new ConcurrentHashMap<>();
  private static final int CHUNK = 1 << 16;

  private record Seen(Map<String, Object> look, String sum) {}

  private Sha256() {}

  /** Returns the digest in hexadecimal digits. */
  static String of(Path file) throws IOException {
    Map<String, Object> look = look(file);
    Seen seen = KNOWN.get(file);
    if (seen == null || !seen.look.equals(look)) {
      seen = new Seen(look, read(file));
      KNOWN.put(file, seen);
    }
    return seen.sum;
  }

  /** Returns attributes that change whenever the file is replaced or written to. */
  static Map<String, Object> look(Path file) throws IOException {
    return Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime");
  }

  private static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[CHUNK];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        sha256.update(chunk, 0, count);
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
