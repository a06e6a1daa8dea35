package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.proof.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The last negative controls of all targets. It reads the end of each control only once, so the
 * first call takes long when there are many. Thread-safe.
 */
public final class LastControls {
  /** Maximum number of controls of a target that {@link #latest} knows. */
  public static final int LATEST = 20;

  /** A transaction that added an entry has ended by then, so none with a lower id comes later. */
  private static final Duration SETTLED_AFTER = Duration.ofMinutes(1);

  private static final int PAGE = 500;
  private static final String ENDED = Evidence.kind(Evidence.ControlEnded.class);

  private final EvidenceLog evidenceLog;
  private final int page;
  private final Map<String, Past> settled = new HashMap<>();
  private long read;

  public LastControls(EvidenceLog evidenceLog) {
    this(evidenceLog, PAGE);
  }

  /**
   * @param page how many entries are read at once
   */
  LastControls(EvidenceLog evidenceLog, int page) {
    this.evidenceLog = evidenceLog;
    this.page = page;
  }

  /**
   * A result, and the control that it is from.
   *
   * @param entry id of the entry that says how the control ended
   */
  public record Origin(long entry, RunId control, Instant at, ControlResult result) {
    /** Returns whether it says something about the check. */
    boolean tells() {
      return result.outcome() == ControlResult.Outcome.CAUGHT
          || result.outcome() == ControlResult.Outcome.MISSED;
    }
  }

  /**
   * The last control of a target that had a backup to damage.
   *
   * @param entry id of the entry that says how it ended
   * @param results where it could not tell, those of a control before it: otherwise a control that
   *     was interrupted would end an alarm
   */
  public record Last(long entry, RunId control, Instant at, List<Origin> results) {
    public Last {
      results = List.copyOf(results);
    }

    /** Returns how many results have this outcome. */
    public long count(ControlResult.Outcome outcome) {
      return results.stream().filter(origin -> origin.result().outcome() == outcome).count();
    }

    /**
     * Returns since when each check that applies has been tested: when the control ended that the
     * oldest of the results is from; empty if no control could tell about one of these checks.
     */
    public Optional<Instant> testedAll() {
      return count(ControlResult.Outcome.COULD_NOT_TELL) > 0
          ? Optional.empty()
          : results.stream().filter(Origin::tells).map(Origin::at).min(Comparator.naturalOrder());
    }
  }

  /**
   * The controls of one target.
   *
   * @param latest the newest first
   * @param told by layer the last result that says something
   */
  private record Past(List<RunId> latest, @Nullable Last last, Map<String, Origin> told) {
    static final Past NONE = new Past(List.of(), null, Map.of());

    Past with(EvidenceEntry entry, Evidence.ControlEnded ended) {
      List<RunId> ids =
          Stream.concat(Stream.of(entry.run()), latest.stream()).limit(LATEST).toList();
      if (ended.why() != null) {
        return new Past(ids, last, told);
      }
      List<Origin> results =
          ended.results().stream()
              .map(result -> new Origin(entry.id(), entry.run(), entry.at(), result))
              .toList();
      Map<String, Origin> all = new HashMap<>(told);
      results.stream()
          .filter(Origin::tells)
          .forEach(origin -> all.put(origin.result().layer(), origin));
      return new Past(
          ids,
          new Last(
              entry.id(),
              entry.run(),
              entry.at(),
              results.stream().map(origin -> standing(origin, all)).toList()),
          all);
    }

    private static Origin standing(Origin origin, Map<String, Origin> told) {
      return origin.result().outcome() == ControlResult.Outcome.COULD_NOT_TELL
          ? told.getOrDefault(origin.result().layer(), origin)
          : origin;
    }

    Stream<RunId> needed() {
      return Stream.concat(
          Optional.ofNullable(last).map(Last::control).stream(),
          told.values().stream().map(Origin::control));
    }
  }

  /** Returns the last control of each target that had one with a backup to damage. */
  public Map<String, Last> ofEachTarget() {
    Map<String, Last> last = new TreeMap<>();
    all().forEach((target, past) -> of(past).ifPresent(known -> last.put(target, known)));
    return last;
  }

  /** Returns the last control of a target that had a backup to damage; empty if there was none. */
  public Optional<Last> of(String target) {
    return of(past(target));
  }

  private static Optional<Last> of(Past past) {
    return Optional.ofNullable(past.last());
  }

  /** Returns the last {@value #LATEST} controls of a target that have ended, the newest first. */
  public List<RunId> latest(String target) {
    return past(target).latest();
  }

  private Past past(String target) {
    return all().getOrDefault(target, Past.NONE);
  }

  /** Returns the controls whose results stand, or will stand if the next control cannot tell. */
  public Set<RunId> needed() {
    return all().values().stream().flatMap(Past::needed).collect(Collectors.toSet());
  }

  private synchronized Map<String, Past> all() {
    long lastSettled =
        evidenceLog.latest(ENDED, 1).stream()
            .map(newest -> evidenceLog.lastBefore(newest.at().minus(SETTLED_AFTER), ENDED, read))
            .findFirst()
            .orElse(0L);
    Map<String, Past> all = new HashMap<>(settled);
    long last = read;
    for (List<EvidenceEntry> entries = evidenceLog.after(last, ENDED, page);
        !entries.isEmpty();
        entries = evidenceLog.after(last, ENDED, page)) {
      for (EvidenceEntry entry : entries) {
        Evidence.ControlEnded ended = (Evidence.ControlEnded) Evidence.read(entry);
        Past past = all.getOrDefault(ended.target(), Past.NONE).with(entry, ended);
        all.put(ended.target(), past);
        last = entry.id();
        if (last <= lastSettled) {
          settled.put(ended.target(), past);
          read = last;
        }
      }
    }
    return all;
  }
}
