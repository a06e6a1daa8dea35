package io.pgproof.evidence;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.ServerEntry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads from the evidence log when and where it was anchored, and what failed since. */
public final class AnchorHistory {
  private final EvidenceLog evidenceLog;

  public AnchorHistory(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /** Returns the codes of the kinds of evidence that are about anchors. */
  public static List<String> kinds() {
    return List.of(
        ServerEventKind.LOG_ANCHORED.code(),
        ServerEventKind.ANCHOR_FAILED.code(),
        ServerEventKind.ANCHOR_LATE.code());
  }

  /** An anchor. */
  public record Anchored(Instant at, ServerEvent.LogAnchored event) {}

  /** A try that failed. */
  public record Failure(Instant at, ServerEvent.AnchorFailed event) {}

  /**
   * How one way went.
   *
   * @param last the last anchor
   * @param failures since then, in their order
   * @param late whether the alarm was given since then
   */
  public record Past(Optional<Anchored> last, List<Failure> failures, boolean late) {
    public Past {
      failures = List.copyOf(failures);
    }

    /** Returns the last try if it failed. */
    public Optional<Failure> lastFailure() {
      return failures.isEmpty() ? Optional.empty() : Optional.of(failures.get(failures.size() - 1));
    }

    /** Returns only the tries with one recipient, see {@link ServerEvent.LogAnchored#where}. */
    public Past with(String where) {
      return new Past(
          last.filter(anchored -> anchored.event().where().equals(where)),
          failures.stream().filter(failure -> failure.event().where().equals(where)).toList(),
          late);
    }
  }

  /** Returns how a way went, see {@link ServerEvent.LogAnchored#way}. */
  public Past of(String way) {
    Optional<ServerEntry> last = last(way);
    long since = last.map(ServerEntry::id).orElse(0L);
    return new Past(
        last.map(AnchorHistory::anchored),
        of(way, ServerEventKind.ANCHOR_FAILED, since).stream()
            .map(
                entry ->
                    new Failure(entry.at(), (ServerEvent.AnchorFailed) ServerEventKind.read(entry)))
            .toList(),
        !of(way, ServerEventKind.ANCHOR_LATE, since).isEmpty());
  }

  /** Returns the last anchor that a time-stamping authority made. */
  public Optional<ServerEvent.LogAnchored> lastStamped() {
    return last(ServerEvent.LogAnchored.TSA).map(entry -> anchored(entry).event());
  }

  /**
   * Returns the anchors of a time, in the order in which they were recorded.
   *
   * @param from inclusive
   * @param before exclusive
   */
  public List<Anchored> between(Instant from, Instant before) {
    return evidenceLog.ofServer(ServerEventKind.LOG_ANCHORED.code(), from, before).stream()
        .map(AnchorHistory::anchored)
        .toList();
  }

  private Optional<ServerEntry> last(String way) {
    return evidenceLog.lastServer(ServerEventKind.LOG_ANCHORED.code(), beginning(way));
  }

  private List<ServerEntry> of(String way, ServerEventKind kind, long after) {
    return evidenceLog.ofServer(kind.code(), beginning(way), after);
  }

  /** The body of each event about anchors begins with its way. */
  private static String beginning(String way) {
    return EvidenceJson.write(Map.of("way", way)).replaceFirst("}$", ",");
  }

  private static Anchored anchored(ServerEntry entry) {
    return new Anchored(entry.at(), (ServerEvent.LogAnchored) ServerEventKind.read(entry));
  }
}
