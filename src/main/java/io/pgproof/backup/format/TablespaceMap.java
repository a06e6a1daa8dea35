package io.pgproof.backup.format;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code tablespace_map} (source: {@code read_tablespace_map} of PostgreSQL). */
public final class TablespaceMap {
  public static final String NAME = "tablespace_map";

  /** Size limit in bytes; a path has 1,024 at most, and nobody has 50,000 tablespaces. */
  public static final int LARGEST = 64 << 20;

  /** Pattern of an OID as PostgreSQL writes it. */
  public static final Pattern OID = Pattern.compile("[1-9][0-9]{0,9}");

  private static final Pattern ENTRY = Pattern.compile("(" + OID + ") (.*)", Pattern.DOTALL);

  private TablespaceMap() {}

  /**
   * Returns the paths on the source, one character per byte, by the OID of the tablespace. A
   * backslash escapes the next character of a path, so that it does not end the line. Lines that
   * are not entries are left out, because PostgreSQL itself rejects them.
   */
  public static Map<String, String> parse(byte[] file) {
    Map<String, String> paths = new LinkedHashMap<>();
    StringBuilder line = new StringBuilder();
    boolean escaped = false;
    for (char c : new String(file, StandardCharsets.ISO_8859_1).toCharArray()) {
      if (!escaped && c == '\\') {
        escaped = true;
      } else if (!escaped && (c == '\n' || c == '\r')) {
        add(paths, line);
      } else {
        line.append(c);
        escaped = false;
      }
    }
    add(paths, line);
    return paths;
  }

  private static void add(Map<String, String> paths, StringBuilder line) {
    Matcher entry = ENTRY.matcher(line);
    if (entry.matches()) {
      paths.put(entry.group(1), entry.group(2));
    }
    line.setLength(0);
  }
}
