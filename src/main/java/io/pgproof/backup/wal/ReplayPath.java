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
 * The way through the log that recovery takes, timeline after timeline.
 *
 * @param legs in their order; at least one, and only the last has no end
 */
public record ReplayPath(List<Leg> legs) {

  /**
   * One timeline's part.
   *
   * @param end position where the next timeline goes on; empty for the last
   */
  public record Leg(int timeline, Optional<Lsn> end) {}

  public ReplayPath {
    legs = List.copyOf(legs);
  }

  /** A single timeline, whatever it descends from. */
  static ReplayPath along(int timeline) {
    return new ReplayPath(List.of(new Leg(timeline, Optional.empty())));
  }

  /** What a manifest tells; a single timeline where it tells nothing. */
  public static ReplayPath of(List<WalRange> ranges, int otherwise) {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      legs.add(
          new Leg(
              ranges.get(i).timeline(),
              i < ranges.size() - 1 ? Optional.of(ranges.get(i).end()) : Optional.empty()));
    }
    return ranges.isEmpty() ? along(otherwise) : new ReplayPath(legs);
  }

  public static ReplayPath of(TimelineHistory history) {
    List<Leg> legs = new ArrayList<>();
    for (Ancestor ancestor : history.ancestors()) {
      legs.add(new Leg(ancestor.timeline(), Optional.of(ancestor.end())));
    }
    legs.add(new Leg(history.timeline(), Optional.empty()));
    return new ReplayPath(legs);
  }

  /** The last timeline. */
  public int target() {
    return legs.get(legs.size() - 1).timeline();
  }

  /** The timelines that are passed from a position on. */
  public List<Integer> timelinesFrom(Lsn position) {
    return legs.stream()
        .filter(leg -> leg.end().isEmpty() || leg.end().get().compareTo(position) > 0)
        .map(Leg::timeline)
        .toList();
  }

  /** The timeline that a position lies on. */
  public int timelineAt(Lsn position) {
    return timelinesFrom(position).get(0);
  }

  /** The timelines that are passed from a position up to another. */
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
   * Where a segment of the log may be, as PostgreSQL looks for it: on the newest timeline that has
   * begun by then, and else on the one before where that ends within this segment.
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
   * @param upTo bytes of it that are of this way; the rest was written after the next timeline had
   *     left this one
   */
  public record Piece(WalSegment segment, int upTo) {}
}
