package io.pgproof.backup.archive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The data in pax headers that does not fit into a {@link TarHeader} (source: POSIX, "pax Extended
 * Header"; for sparse files the manual of GNU tar). A later record overrides an earlier one, and a
 * member's own record overrides one for all members.
 *
 * <p>It keeps only the records that give a member's name, place or size, so that no archive can
 * fill the memory with others.
 */
final class PaxHeaders {
  static final String PATH = "path";
  static final String LINK = "linkpath";
  static final String SIZE = "size";

  private static final String SPARSE = "GNU.sparse.";
  private static final Set<String> KEPT =
      Set.of(
          PATH,
          LINK,
          SIZE,
          SPARSE + "major",
          SPARSE + "minor",
          SPARSE + "name",
          SPARSE + "size",
          SPARSE + "realsize",
          SPARSE + "map");
  private static final Set<String> PIECES = Set.of(SPARSE + "offset", SPARSE + "numbytes");

  private final Map<String, String> ofAll = new HashMap<>();
  private final Map<String, String> ofOne = new HashMap<>();
  private final List<String> pieces = new ArrayList<>();

  /** Forgets the records of the previous member. */
  void nextMember() {
    ofOne.clear();
    pieces.clear();
  }

  /**
   * Reads all records of one header.
   *
   * @param all whether it applies to all members that follow
   * @throws IllegalArgumentException when it is malformed, with the reason
   */
  void read(byte[] header, boolean all) {
    String text = new String(header, StandardCharsets.ISO_8859_1);
    int at = 0;
    while (at < text.length()) {
      int blank = text.indexOf(' ', at);
      int end = at + length(text, at, blank);
      int equals = text.indexOf('=', blank);
      if (end > text.length()
          || end <= blank + 1
          || text.charAt(end - 1) != '\n'
          || equals < 0
          || equals >= end) {
        throw new IllegalArgumentException(
            "its record at byte " + at + " is not as long as it says");
      }
      setField(text.substring(blank + 1, equals), text.substring(equals + 1, end - 1), all);
      at = end;
    }
  }

  private static int length(String text, int at, int blank) {
    String length = blank < 0 ? "" : text.substring(at, Math.min(blank, at + 20));
    if (!length.matches("[0-9]{1,7}")) {
      throw new IllegalArgumentException("its record at byte " + at + " has an impossible length");
    }
    return Integer.parseInt(length);
  }

  private void setField(String key, String value, boolean all) {
    if (PIECES.contains(key) && !all) {
      pieces.add(value);
    } else if (KEPT.contains(key)) {
      (all ? ofAll : ofOne).put(key, value);
    }
  }

  /**
   * Returns the value, one character per byte; empty when there is none, or the last record clears
   * it.
   */
  Optional<String> value(String key) {
    return Optional.ofNullable(ofOne.getOrDefault(key, ofAll.get(key)))
        .filter(value -> !value.isEmpty());
  }

  /** Returns the name of a sparse file, whose {@link #PATH} may be made up. */
  Optional<String> sparseName() {
    return value(SPARSE + "name");
  }

  /**
   * Returns whether the member is a sparse file whose content begins with its map, as in version
   * 1.0 of GNU's format.
   */
  boolean sparseMapComesFirst() {
    return value(SPARSE + "major").filter("1"::equals).isPresent()
        && value(SPARSE + "minor").filter("0"::equals).isPresent();
  }

  /** Returns whether the member is a sparse file in an unknown version of GNU's format. */
  boolean sparseUnknown() {
    return value(SPARSE + "major").isPresent()
        && !sparseMapComesFirst()
        && !(value(SPARSE + "major").filter("0"::equals).isPresent() && sparseMap().isPresent());
  }

  /** Returns the size in bytes of a sparse file including its holes. */
  Optional<String> sparseSize() {
    return value(SPARSE + "realsize").or(() -> value(SPARSE + "size"));
  }

  /**
   * Returns alternating offsets and lengths, as in versions 0.0 and 0.1; empty when the member is
   * not sparse in this way.
   */
  Optional<List<String>> sparseMap() {
    Optional<List<String>> map = value(SPARSE + "map").map(text -> List.of(text.split(",", -1)));
    return map.isPresent() || pieces.isEmpty() ? map : Optional.of(List.copyOf(pieces));
  }
}
