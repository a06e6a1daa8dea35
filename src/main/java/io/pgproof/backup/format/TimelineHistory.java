package io.pgproof.backup.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The timelines that one timeline descends from (source: {@code readTimeLineHistory} in {@code
 * src/backend/access/transam/timeline.c}).
 *
 * @param timeline whose history this is
 * @param ancestors the oldest first
 */
public record TimelineHistory(int timeline, List<Ancestor> ancestors) {
  /** Size limit in bytes; a longer file is not a history file. */
  public static final int LONGEST = 1 << 20;

  private static final Pattern NAME = Pattern.compile("([0-9A-F]{8})\\.history");
  private static final Pattern LINE =
      Pattern.compile("\\s*([0-9]{1,10})\\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:\\s.*)?");

  /** A timeline and the position where it was left. */
  public record Ancestor(int timeline, Lsn end) {}

  public TimelineHistory {
    ancestors = List.copyOf(ancestors);
  }

  /** Returns the timeline whose history has this file name; empty for any other file. */
  public static Optional<Integer> timelineOf(String fileName) {
    Matcher name = NAME.matcher(fileName);
    return name.matches()
        ? Optional.of(Integer.parseUnsignedInt(name.group(1), 16))
        : Optional.empty();
  }

  public static String name(int timeline) {
    return String.format("%08X.history", timeline);
  }

  /**
   * Returns empty when PostgreSQL would not understand the file, or would take it for a timeline
   * without ancestors.
   */
  public static Optional<TimelineHistory> parse(int timeline, byte[] file) {
    List<Ancestor> ancestors = new ArrayList<>();
    int last = 0;
    for (String line : new String(file, StandardCharsets.ISO_8859_1).split("\n")) {
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        return Optional.empty();
      }
      long number = Long.parseLong(parts.group(1));
      if (number <= Integer.toUnsignedLong(last) || number >= Integer.toUnsignedLong(timeline)) {
        return Optional.empty();
      }
      last = (int) number;
      ancestors.add(new Ancestor(last, Lsn.parse(parts.group(2))));
    }
    return ancestors.isEmpty()
        ? Optional.empty()
        : Optional.of(new TimelineHistory(timeline, ancestors));
  }

  /**
   * Returns whether this timeline continues another one that covers everything up to a position.
   */
  public boolean descendsFrom(int other, Lsn position) {
    return ancestors.stream()
        .anyMatch(each -> each.timeline() == other && each.end().compareTo(position) >= 0);
  }
}
