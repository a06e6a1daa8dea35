package io.pgproof.backup.damage;

import io.pgproof.backup.archive.FileChecksum;
import io.pgproof.backup.format.Manifest;
import io.pgproof.backup.format.Manifest.Entry;
import io.pgproof.proof.Digests;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Writes a manifest as PostgreSQL would have written it for changed files: with their checksums,
 * and its own (source: the manual's "Backup Manifest Format"). PostgreSQL writes one file in each
 * line.
 */
final class ManifestRewrite {
  private static final String PATH = "{ \"Path\": \"";
  private static final String OWN_CHECKSUM = "\"Manifest-Checksum\"";

  /** By the beginning of its line, the checksum of a file before and after. */
  private final Map<String, Change> changes = new HashMap<>();

  private record Change(String before, String after) {}

  /**
   * @param patches of files whose checksums the manifest holds
   */
  ManifestRewrite(Manifest manifest, List<Patch> patches) {
    for (Patch patch : patches) {
      Entry entry = manifest.files().entry(manifest.files().find(patch.file().name()));
      FileChecksum.Sum sum = entry.algorithm().start();
      sum.update(ByteBuffer.wrap(patch.patched()));
      changes.put(
          PATH + patch.file().name() + "\"", new Change(hex(entry.checksum()), hex(sum.result())));
    }
  }

  private static String hex(byte[] checksum) {
    return "\"" + HexFormat.of().formatHex(checksum) + "\"";
  }

  /**
   * Copies the manifest's text with the new checksums.
   *
   * @throws IOException when the manifest does not have the lines that PostgreSQL writes, or on a
   *     failure of one of the files
   */
  void write(Path from, OutputStream into) throws IOException {
    MessageDigest whole = Digests.sha256();
    int changed = 0;
    try (InputStream in = new BufferedInputStream(Manifest.open(from))) {
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        if (line.startsWith(OWN_CHECKSUM)) {
          line = OWN_CHECKSUM + ": " + hex(whole.digest()) + "}\n";
        }
        int end = line.indexOf('"', PATH.length());
        Change change =
            line.startsWith(PATH) && end > 0 ? changes.get(line.substring(0, end + 1)) : null;
        if (change != null && line.contains(change.before())) {
          line = line.replace(change.before(), change.after());
          changed++;
        }
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        whole.update(bytes);
        into.write(bytes);
      }
    }
    if (changed != changes.size()) {
      throw new IOException(from + " does not list each file in a line of its own");
    }
  }

  /** Returns the next line with its end, one character per byte; empty after the last. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (int one = in.read(); one >= 0; one = in.read()) {
      line.write(one);
      if (one == '\n') {
        break;
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }
}
