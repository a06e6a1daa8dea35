package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.proof.RunId;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads past negative controls from the evidence log. */
public final class ControlHistory {
  /** Limit of the controls that are looked through for the last ones of targets. */
  private static final int MOST = 2_000;

  private static final String ENDED = Evidence.kind(Evidence.ControlEnded.class);
  private static final String JUDGED = Evidence.kind(Evidence.ControlJudged.class);

  private final EvidenceLog evidenceLog;

  public ControlHistory(EvidenceLog evidenceLog) {
    this.evidenceLog = evidenceLog;
  }

  /** The end of a control. */
  public record Control(RunId id, Instant at, Evidence.ControlEnded ended) {}

  /** When a control was requested, and by whom. */
  public record Asked(Instant at, String by) {}

  /** Returns who requested a control; empty if there is none with this id. */
  public Optional<Asked> asked(RunId control) {
    return evidenceLog
        .last(control, Evidence.kind(Evidence.ControlAsked.class))
        .map(entry -> new Asked(entry.at(), entry.actor()));
  }

  /** Returns the controls of a target that have ended, the newest first. */
  public List<Control> ended(String target, int most) {
    return evidenceLog.latest(ENDED, MOST).stream()
        .map(ControlHistory::read)
        .filter(control -> control.ended().target().equals(target))
        .limit(most)
        .toList();
  }

  /** Returns the end of a control; empty while it is under way. */
  public Optional<Control> ended(RunId control) {
    Optional<Control> ended = evidenceLog.last(control, ENDED).map(ControlHistory::read);
    ended.ifPresent(known -> evidenceLog.awaitDurable());
    return ended;
  }

  /** Returns the results of a control so far, in their order. */
  public List<ControlResult> results(RunId control) {
    return evidenceLog.of(control, JUDGED).stream()
        .map(entry -> ((Evidence.ControlJudged) Evidence.read(entry)).result())
        .toList();
  }

  /**
   * Returns by target its last control that had a backup to damage. Where it could not tell, the
   * result of the one before stands: otherwise a control that was interrupted would end an alarm.
   */
  public Map<String, Control> lastOfEachTarget() {
    Map<String, Control> last = new LinkedHashMap<>();
    evidenceLog.latest(ENDED, MOST).stream()
        .map(ControlHistory::read)
        .filter(control -> control.ended().why() == null)
        .forEach(
            control -> last.merge(control.ended().target(), control, ControlHistory::completed));
    return last;
  }

  /**
   * A result, and the control that it is from.
   *
   * @param entry id of the entry that says how the control ended
   */
  public record Origin(long entry, RunId control, Instant at, ControlResult result) {}

  /**
   * The last control of a target.
   *
   * @param entry id of the entry that says how it ended
   * @param results where it could not tell, those of a control before it
   */
  public record Last(long entry, Instant at, List<Origin> results) {
    public Last {
      results = List.copyOf(results);
    }
  }

  /**
   * Returns the last control of a target that had a backup to damage, by the rule of {@link
   * #lastOfEachTarget}; empty if there was none.
   */
  public Optional<Last> lastOf(String target) {
    List<EvidenceEntry> ended =
        evidenceLog.latest(ENDED, MOST).stream()
            .filter(
                entry -> {
                  Evidence.ControlEnded control = read(entry).ended();
                  return control.target().equals(target) && control.why() == null;
                })
            .toList();
    List<List<Origin>> all = ended.stream().map(ControlHistory::origins).toList();
    return ended.stream()
        .findFirst()
        .map(
            last ->
                new Last(
                    last.id(),
                    last.at(),
                    all.get(0).stream().map(result -> told(result, all)).toList()));
  }

  private static List<Origin> origins(EvidenceEntry entry) {
    return read(entry).ended().results().stream()
        .map(result -> new Origin(entry.id(), entry.run(), entry.at(), result))
        .toList();
  }

  private static Origin told(Origin last, List<List<Origin>> all) {
    if (last.result().outcome() != ControlResult.Outcome.COULD_NOT_TELL) {
      return last;
    }
    return all.stream()
        .flatMap(List::stream)
        .filter(earlier -> earlier.result().layer().equals(last.result().layer()))
        .filter(
            earlier ->
                earlier.result().outcome() == ControlResult.Outcome.CAUGHT
                    || earlier.result().outcome() == ControlResult.Outcome.MISSED)
        .findFirst()
        .orElse(last);
  }

  /**
   * Returns the controls that {@link #lastOfEachTarget} is made of: of each target the last one,
   * and those before it as long as each could not tell about some layer.
   */
  public Set<RunId> needed() {
    Set<RunId> needed = new HashSet<>();
    Set<String> complete = new HashSet<>();
    evidenceLog.latest(ENDED, MOST).stream()
        .map(ControlHistory::read)
        .filter(control -> control.ended().why() == null)
        .filter(control -> !complete.contains(control.ended().target()))
        .forEach(
            control -> {
              needed.add(control.id());
              if (control.ended().with(ControlResult.Outcome.COULD_NOT_TELL).isEmpty()) {
                complete.add(control.ended().target());
              }
            });
    return needed;
  }

  private static Control completed(Control last, Control before) {
    List<ControlResult> results =
        last.ended().results().stream()
            .map(
                result ->
                    result.outcome() == ControlResult.Outcome.COULD_NOT_TELL
                        ? before.ended().results().stream()
                            .filter(earlier -> earlier.layer().equals(result.layer()))
                            .filter(
                                earlier ->
                                    earlier.outcome() == ControlResult.Outcome.CAUGHT
                                        || earlier.outcome() == ControlResult.Outcome.MISSED)
                            .findFirst()
                            .orElse(result)
                        : result)
            .toList();
    return new Control(
        last.id(),
        last.at(),
        new Evidence.ControlEnded(
            last.ended().target(), last.ended().backup(), results, last.ended().why()));
  }

  private static Control read(EvidenceEntry entry) {
    return new Control(entry.run(), entry.at(), (Evidence.ControlEnded) Evidence.read(entry));
  }
}
