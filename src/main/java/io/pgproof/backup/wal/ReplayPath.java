package io.pgproof.backup.wal;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.Manifest.WalRange;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.backup.format.TimelineHistory.Ancestor;
import io.pgproof.backup.format.WalSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The path that recovery takes through the log, timeline after timeline.
 *
 * @param legs in order; at least one, and only the last has no end
 */
public record ReplayPath(List<Leg> legs) {

  /**
   * The part of the path on one timeline.
   *
   * @param end position where the next timeline continues; empty for the last
   */
  public record Leg(int timeline, Optional<Lsn> end) {}

  public ReplayPath {
    legs = List.copyOf(legs);
  }

  /** Returns the path along a single timeline, whatever it descends from. */
  static ReplayPath followTimeline(int timeline) {
    return new ReplayPath(List.of(new Leg(timeline, Optional.empty())));
  }

  /** Returns the path that a manifest states; a single timeline when it states none. */
  public static ReplayPath of(List<WalRange> ranges, int otherwise) {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      legs.add(
          new Leg(
              ranges.get(i).timeline(),
              i < ranges.size() - 1 ? Optional.of(ranges.get(i).end()) : Optional.empty()));
    }
    return ranges.isEmpty() ? followTimeline(otherwise) : new ReplayPath(legs);
  }

  public static ReplayPath of(TimelineHistory history) {
    List<Leg> legs = new ArrayList<>();
    for (Ancestor ancestor : history.ancestors()) {
      legs.add(new Leg(ancestor.timeline(), Optional.of(ancestor.end())));
    }
    legs.add(new Leg(history.timeline(), Optional.empty()));
    return new ReplayPath(legs);
  }

  /** Returns the last timeline. */
  public int target() {
    return legs.get(legs.size() - 1).timeline();
  }

  /** Returns the timelines passed from a position on. */
  public List<Integer> timelinesFrom(Lsn position) {
    return legs.stream()
        .filter(leg -> leg.end().isEmpty() || leg.end().get().compareTo(position) > 0)
        .map(Leg::timeline)
        .toList();
  }

  /** Returns the timeline of a position. */
  public int timelineAt(Lsn position) {
    return timelinesFrom(position).get(0);
  }

  /** Returns the timelines passed from one position to another. */
  public List<Integer> timelines(Lsn from, Lsn to) {
    List<Integer> passed = new ArrayList<>(timelinesFrom(from));
    for (int i = legs.size() - 1;
        i > 0 && legs.get(i - 1).end().orElseThrow().compareTo(to) >= 0 && passed.size() > 1;
        i--) {
      passed.remove(passed.size() - 1);
    }
    return passed;
  }

  /**
   * Returns the places where a segment of the log may be, in PostgreSQL's search order: on the
   * newest timeline that has begun by then, otherwise on the previous one if that ends within this
   * segment.
   */
  public List<Piece> pieces(long number, int segmentSize) {
    List<Piece> pieces = new ArrayList<>();
    long start = number * segmentSize;
    for (int i = legs.size() - 1; i >= 0; i--) {
      boolean begun =
          i == 0
              || Long.divideUnsigned(legs.get(i - 1).end().orElseThrow().position(), segmentSize)
                  <= number;
      long upTo = legs.get(i).end().map(end -> end.position() - start).orElse((long) segmentSize);
      if (begun && upTo > 0) {
        pieces.add(
            new Piece(
                new WalSegment(legs.get(i).timeline(), number), (int) Math.min(upTo, segmentSize)));
      }
    }
    return pieces;
  }

  /**
   * A segment on one timeline.
   *
   * @param upTo number of its bytes that belong to this path; the rest was written after the next
   *     timeline had branched off
   */
  public record Piece(WalSegment segment, int upTo) {}
}
