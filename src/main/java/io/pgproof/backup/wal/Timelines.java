package io.pgproof.backup.wal;

import io.pgproof.backup.format.Lsn;
import io.pgproof.backup.format.TimelineHistory;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RecoveryTimeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The timelines along which a backup may be recovered.
 *
 * <p>PostgreSQL refuses a timeline that left the backup's own timeline before the backup's
 * checkpoint, and never becomes consistent on one that left it before the backup ended. A later
 * timeline therefore counts only if it continues the whole backup; another restored copy of the
 * same cluster may have written its own timeline to the same archive.
 */
public final class Timelines {
  private final int own;
  private final Lsn end;
  private final ReplayPath ofBackup;
  private final NavigableMap<Integer, Optional<TimelineHistory>> histories =
      new TreeMap<>(Integer::compareUnsigned);
  private final Map<Integer, FindingException> unreadable = new TreeMap<>(Integer::compareUnsigned);

  /**
   * @param own the timeline on which the backup ended
   * @param end position up to which the backup needs its own timeline
   * @param ofBackup the path to it, used when there is no history
   */
  public Timelines(int own, Lsn end, ReplayPath ofBackup) {
    this.own = own;
    this.end = end;
    this.ofBackup = ofBackup;
  }

  /** Adds the content of a history; the first one counts. */
  public void add(String name, byte[] file) {
    int timeline = TimelineHistory.timelineOf(name).orElseThrow();
    histories.putIfAbsent(timeline, TimelineHistory.parse(timeline, file));
  }

  /** Records a history that cannot be read. */
  public void addUnreadable(String name, FindingException why) {
    unreadable.putIfAbsent(TimelineHistory.timelineOf(name).orElseThrow(), why);
  }

  /**
   * The path to take.
   *
   * @param target the timeline to request from PostgreSQL; empty for the backup's own
   * @param notes facts about it that users should know, one line each
   */
  public record Choice(ReplayPath path, Optional<Integer> target, List<String> notes) {}

  /**
   * Chooses as PostgreSQL would.
   *
   * @throws FindingException {@code timeline-unreachable} when the requested timeline does not
   *     continue the backup, {@code wal-unreadable} when the latest timeline cannot be determined
   */
  public Choice choose(RecoveryTimeline asked) {
    if (asked.number().isPresent()) {
      int number = asked.number().get();
      return number == own ? new Choice(ownPath(), Optional.empty(), List.of()) : byNumber(number);
    }
    return asked.equals(RecoveryTimeline.CURRENT)
        ? new Choice(ownPath(), Optional.empty(), List.of())
        : latest();
  }

  private Choice byNumber(int number) {
    String shown = Integer.toUnsignedString(number);
    if (unreadable.containsKey(number)) {
      throw unreadable.get(number);
    }
    Optional<TimelineHistory> history = histories.getOrDefault(number, Optional.empty());
    if (history.isEmpty()) {
      throw unreachable(
          "timeline "
              + shown
              + " was requested, but "
              + (histories.containsKey(number)
                  ? "its history cannot be parsed"
                  : "neither the backup nor the WAL archive contains its history "
                      + TimelineHistory.name(number)));
    }
    if (!history.get().descendsFrom(own, end)) {
      throw unreachable(
          "timeline "
              + shown
              + " was requested, but it does not continue from timeline "
              + Integer.toUnsignedString(own)
              + " of the backup at "
              + end
              + " or later");
    }
    return new Choice(ReplayPath.of(history.get()), Optional.of(number), List.of());
  }

  private Choice latest() {
    List<String> notes = new ArrayList<>();
    // Later timelines are only those that it does not descend from.
    for (Map.Entry<Integer, Optional<TimelineHistory>> each :
        histories.tailMap(own, false).descendingMap().entrySet()) {
      int number = each.getKey();
      Optional<TimelineHistory> history = each.getValue();
      if (history.isPresent() && history.get().descendsFrom(own, end)) {
        requireAllRead(number);
        return new Choice(ReplayPath.of(history.get()), Optional.of(number), notes);
      }
      notes.add(
          "timeline "
              + Integer.toUnsignedString(number)
              + " of the WAL archive was ignored: "
              + (history.isEmpty()
                  ? "its history cannot be parsed"
                  : "it does not continue from this backup"));
    }
    requireAllRead(own);
    return new Choice(ownPath(), Optional.empty(), notes);
  }

  private void requireAllRead(int chosen) {
    for (Map.Entry<Integer, FindingException> each : unreadable.entrySet()) {
      if (Integer.compareUnsigned(each.getKey(), chosen) > 0) {
        Finding why = each.getValue().finding();
        throw new FindingException(
            new Finding(
                Reason.WAL_UNREADABLE,
                "no file shows whether timeline "
                    + Integer.toUnsignedString(each.getKey())
                    + " continues from this backup: "
                    + why.message(),
                "repair this file, or choose the timeline with --timeline",
                null),
            each.getValue());
      }
    }
  }

  private ReplayPath ownPath() {
    return histories.getOrDefault(own, Optional.empty()).map(ReplayPath::of).orElse(ofBackup);
  }

  private static FindingException unreachable(String message) {
    return new FindingException(Finding.of(Reason.TIMELINE_UNREACHABLE, message));
  }
}
