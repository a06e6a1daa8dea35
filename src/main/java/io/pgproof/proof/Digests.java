package io.pgproof.proof;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Message digests, as evidence and keys show them: in lower-case hexadecimal digits. */
public final class Digests {
  private static final String SHA_256 = "SHA-256";
  private static final int CHUNK = 1 << 16;

  private Digests() {}

  /**
   * Starts a digest.
   *
   * @param algorithm by its name in Java, such as {@code SHA-512}
   * @throws IllegalStateException if this Java does not have it
   */
  public static MessageDigest start(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java lacks " + algorithm, e);
    }
  }

  /** Starts a SHA-256. */
  public static MessageDigest sha256() {
    return start(SHA_256);
  }

  /** Returns the SHA-256 of bytes. */
  public static String sha256(byte[] bytes) {
    return hex(sha256().digest(bytes));
  }

  /** Returns the SHA-256 of a text in UTF-8. */
  public static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the SHA-256 of a file. */
  public static String sha256(Path file) throws IOException {
    MessageDigest sha256 = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] chunk = new byte[CHUNK];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        sha256.update(chunk, 0, count);
      }
    }
    return hex(sha256.digest());
  }

  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
