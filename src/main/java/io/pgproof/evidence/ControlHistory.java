package io.pgproof.evidence;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.proof.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads past negative controls from the evidence log. */
public final class ControlHistory {
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

  private static Control read(EvidenceEntry entry) {
    return new Control(entry.run(), entry.at(), (Evidence.ControlEnded) Evidence.read(entry));
  }
}
