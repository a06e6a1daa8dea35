package io.pgproof.evidence.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A set of positions of the log, kept as ranges. Not thread-safe. */
final class Positions {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  /** The last position of each range by its first one. */
  private final NavigableMap<Long, Long> ranges = new TreeMap<>();

  /**
   * A range of positions.
   *
   * @param last is part of it
   */
  record Range(long first, long last) {}

  static Positions of(Collection<Long> positions) {
    Positions set = new Positions();
    positions.forEach(set::add);
    return set;
  }

  /**
   * Reads ranges such as {@code 0-41,43-43}, which ascend and do not touch.
   *
   * @throws IllegalArgumentException for any other text
   */
  static Positions parse(String text) {
    Positions set = new Positions();
    for (String part : text.split(",", -1)) {
      // One by one: each repetition of a group in a pattern takes room on the stack.
      Matcher range = RANGE.matcher(part);
      if (!range.matches()) {
        throw new IllegalArgumentException("not ranges of positions: '" + shortened(text) + "'");
      }
      long first = Long.parseLong(range.group(1));
      long last = Long.parseLong(range.group(2));
      if (first > last) {
        throw new IllegalArgumentException(
            "a range of positions ends before it begins: '" + part + "'");
      }
      set.add(new Range(first, last));
    }
    if (!set.text().equals(text)) {
      throw new IllegalArgumentException(
          "the ranges of positions do not ascend: '" + shortened(text) + "'");
    }
    return set;
  }

  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  void add(long position) {
    add(new Range(position, position));
  }

  void addAll(Positions others) {
    others.ranges().forEach(this::add);
  }

  private void add(Range range) {
    long first = range.first();
    long last = range.last();
    Map.Entry<Long, Long> near = ranges.floorEntry(last + 1);
    while (near != null && near.getValue() >= first - 1) {
      first = Math.min(first, near.getKey());
      last = Math.max(last, near.getValue());
      ranges.remove(near.getKey());
      near = ranges.floorEntry(last + 1);
    }
    ranges.put(first, last);
  }

  /** Returns those ranges that are not wholly part of other positions. */
  List<Range> notIn(Positions others) {
    return ranges().stream()
        .filter(
            range -> {
              Map.Entry<Long, Long> other = others.ranges.floorEntry(range.first());
              return other == null || other.getValue() < range.last();
            })
        .toList();
  }

  boolean contains(long position) {
    Map.Entry<Long, Long> range = ranges.floorEntry(position);
    return range != null && range.getValue() >= position;
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  long size() {
    return ranges().stream().mapToLong(range -> range.last() - range.first() + 1).sum();
  }

  int rangeCount() {
    return ranges.size();
  }

  long last() {
    return ranges.lastEntry().getValue();
  }

  List<Range> ranges() {
    List<Range> list = new ArrayList<>();
    ranges.forEach((first, last) -> list.add(new Range(first, last)));
    return list;
  }

  String text() {
    return ranges().stream()
        .map(range -> range.first() + "-" + range.last())
        .collect(Collectors.joining(","));
  }
}
