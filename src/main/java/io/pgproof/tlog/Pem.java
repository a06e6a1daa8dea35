package io.pgproof.tlog;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The text form of keys (RFC 7468). */
public final class Pem {
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  /**
   * Returns bytes as text.
   *
   * @param label such as {@code PUBLIC KEY}
   */
  public static String of(String label, byte[] bytes) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(bytes)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
