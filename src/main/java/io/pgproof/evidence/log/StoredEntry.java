package io.pgproof.evidence.log;

import io.pgproof.tlog.MerkleTree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the table {@code pgproof_evidence} holds it, and the line from which its leaf is
 * computed.
 *
 * @param run null for an entry that belongs to no run
 * @param at to the microsecond
 * @param schema schema version of the body
 * @param body JSON as it is stored
 */
record StoredEntry(
    long id, @Nullable String run, Instant at, String kind, int schema, String actor, String body) {
  /** Version of {@link #line} for entries that are added now. */
  static final int LINE_VERSION = 1;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /**
   * Returns the line of the entry: JSON, without a newline. It is composed of the stored columns,
   * and the body is copied as it is stored, so it never depends on how evidence is written today.
   * The rule of a version never changes, because signed leaves depend on it; another rule gets
   * another version.
   *
   * @throws IllegalArgumentException for a version that does not exist
   */
  String line(int version) {
    if (version != LINE_VERSION) {
      throw new IllegalArgumentException("there is no version " + version + " of the line");
    }
    StringBuilder line = new StringBuilder(body.length() + 200);
    line.append("{\"v\":1,\"id\":").append(id).append(",\"run\":");
    if (run == null) {
      line.append("null");
    } else {
      appendString(line, run);
    }
    line.append(",\"at\":\"").append(TIME.format(at)).append("\",\"kind\":");
    appendString(line, kind);
    line.append(",\"schema\":").append(schema).append(",\"actor\":");
    appendString(line, actor);
    line.append(",\"body\":");
    appendEscaped(line, body, false);
    return line.append('}').toString();
  }

  /** Returns the hash of the line in UTF-8. */
  byte[] leaf(int version) {
    return MerkleTree.leaf(line(version).getBytes(StandardCharsets.UTF_8));
  }

  private static void appendString(StringBuilder line, String value) {
    line.append('"');
    appendEscaped(line, value, true);
    line.append('"');
  }

  /**
   * Control characters, and halves of surrogate pairs, which UTF-8 cannot hold, are always escaped;
   * JSON as pgproof writes it has neither.
   */
  private static void appendEscaped(StringBuilder line, String value, boolean isString) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (isString && (c == '"' || c == '\\')) {
        line.append('\\').append(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        line.append(c).append(value.charAt(++i));
      } else if (c < ' ' || Character.isSurrogate(c)) {
        line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
  }
}
