package io.pgproof.image;

import io.pgproof.proof.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers the SHA-256 of a file while the file looks unchanged, because a tarball is hashed again
 * and again.
 */
final class KnownDigests {
  private static final Map<Path, Seen> KNOWN = new ConcurrentHashMap<>();

  private record Seen(Map<String, Object> look, String sum) {}

  private KnownDigests() {}

  /** Returns the SHA-256 in hexadecimal digits. */
  static String of(Path file) throws IOException {
    Map<String, Object> look = identity(file);
    Seen seen = KNOWN.get(file);
    if (seen == null || !seen.look.equals(look)) {
      seen = new Seen(look, Digests.sha256(file));
      KNOWN.put(file, seen);
    }
    return seen.sum;
  }

  /** Returns attributes that change whenever the file is replaced or written to. */
  static Map<String, Object> identity(Path file) throws IOException {
    return Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime");
  }
}
