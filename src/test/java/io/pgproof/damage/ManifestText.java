package io.pgproof.damage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/** The text of a {@code backup_manifest} of PostgreSQL 15. */
final class ManifestText {
  private static final String BEGIN = "\"Files\": [\n";
  private static final String END = "\n],\n\"WAL-Ranges\"";
  private static final String CHECKSUM = "\"Manifest-Checksum\"";

  private ManifestText() {}

  /** As the server would have written it of these files. */
  static String of(Tar base, String manifest) {
    String rows =
        base.members().stream()
            .filter(Tar.Member::isFile)
            .map(ManifestText::row)
            .collect(Collectors.joining(",\n"));
    String head = manifest.substring(0, manifest.indexOf(BEGIN) + BEGIN.length());
    return signed(head + rows + manifest.substring(manifest.indexOf(END)));
  }

  private static String row(Tar.Member file) {
    CRC32C crc = new CRC32C();
    crc.update(file.content());
    byte[] sum =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue()).array();
    return "{ \"Path\": \""
        + file.name()
        + "\", \"Size\": "
        + file.content().length
        + ", \"Last-Modified\": \"2026-11-24 20:00:00 GMT\", \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \""
        + HexFormat.of().formatHex(sum)
        + "\" }";
  }

  /** With its own checksum right. */
  static String signed(String manifest) {
    String text = manifest.substring(0, manifest.indexOf(CHECKSUM));
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return text + CHECKSUM + ": \"" + HexFormat.of().formatHex(sum) + "\"}\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Without the row of a file. */
  static String without(String manifest, String file) {
    return signed(
        manifest
            .lines()
            .filter(line -> !line.contains("\"Path\": \"" + file + "\""))
            .collect(Collectors.joining("\n", "", "\n")));
  }
}
