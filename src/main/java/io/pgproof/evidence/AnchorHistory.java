package io.pgproof.evidence;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.ServerEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the evidence log how each way of anchoring it went. It reads only what is new since
 * the last time. Thread-safe.
 */
public final class AnchorHistory {
  private static final List<ServerEventKind> KINDS =
      List.of(
          ServerEventKind.LOG_ANCHORED, ServerEventKind.ANCHOR_FAILED, ServerEventKind.ANCHOR_LATE);

  private final EvidenceLog evidenceLog;
  private final Map<String, Past> ways = new HashMap<>();
  private long seen;

  public AnchorHistory(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /** Returns the codes of the kinds of evidence that are about anchors. */
  public static List<String> kinds() {
    return KINDS.stream().map(ServerEventKind::code).toList();
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
    static final Past NONE = new Past(Optional.empty(), List.of(), false);

    public Past {
      failures = List.copyOf(failures);
    }

    /** Returns the last try if it failed. */
    public Optional<Failure> lastFailure() {
      return failures.isEmpty() ? Optional.empty() : Optional.of(failures.get(failures.size() - 1));
    }

    Past with(Instant at, ServerEvent event) {
      if (event instanceof ServerEvent.LogAnchored anchored) {
        return new Past(Optional.of(new Anchored(at, anchored)), List.of(), false);
      } else if (event instanceof ServerEvent.AnchorFailed failed) {
        List<Failure> more = new ArrayList<>(failures);
        more.add(new Failure(at, failed));
        return new Past(last, more, late);
      }
      return new Past(last, failures, true);
    }
  }

  /** Returns how a way went, see {@link ServerEvent.LogAnchored#way}. */
  public synchronized Past of(String way) {
    List<ServerEntry> entries = new ArrayList<>();
    KINDS.forEach(kind -> entries.addAll(evidenceLog.ofServer(kind.code(), seen)));
    entries.sort(Comparator.comparingLong(ServerEntry::id));
    for (ServerEntry entry : entries) {
      ServerEvent event = ServerEventKind.read(entry);
      String of = way(event);
      if (of != null) {
        ways.merge(
            of, Past.NONE.with(entry.at(), event), (past, first) -> past.with(entry.at(), event));
      }
      seen = entry.id();
    }
    return ways.getOrDefault(way, Past.NONE);
  }

  /** Returns the last anchor that a time-stamping authority made. */
  public Optional<ServerEvent.LogAnchored> lastStamped() {
    return of(ServerEvent.LogAnchored.TSA).last().map(Anchored::event);
  }

  private static @Nullable String way(ServerEvent event) {
    if (event instanceof ServerEvent.LogAnchored anchored) {
      return anchored.way();
    } else if (event instanceof ServerEvent.AnchorFailed failed) {
      return failed.way();
    }
    return event instanceof ServerEvent.AnchorLate late ? late.way() : null;
  }
}
