package io.pgproof.tlog;

import java.util.Base64;

/** Base64 in which each value has only one form, so that no character can be changed unnoticed. */
final class StrictBase64 {
  private StrictBase64() {}

  static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * @throws LogDamagedException when the text is not what {@link #encode} returns for some bytes
   */
  static byte[] decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (encode(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new LogDamagedException("not base64: '" + text + "'");
  }
}
