package io.pgproof.backup.archive;

import java.util.Arrays;
import java.util.HexFormat;

/** The first bytes of a file, which identify its format. */
final class FirstBytes {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private FirstBytes() {}

  static byte[] of(String hexadecimal) {
    return hexadecimal.isEmpty() ? new byte[0] : HEX.parseHex(hexadecimal);
  }

  static boolean startWith(byte[] firstBytes, byte[] magic) {
    return firstBytes.length >= magic.length
        && Arrays.equals(firstBytes, 0, magic.length, magic, 0, magic.length);
  }

  /**
   * Returns whether this is a skippable frame, which lz4 and zstd have in common; pzstd writes one
   * first.
   */
  static boolean isSkippableFrame(byte[] firstBytes) {
    return firstBytes.length >= 4
        && (firstBytes[0] & 0xF0) == 0x50
        && firstBytes[1] == 0x2A
        && firstBytes[2] == 0x4D
        && firstBytes[3] == 0x18;
  }
}
