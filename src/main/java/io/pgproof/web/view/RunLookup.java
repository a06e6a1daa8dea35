package io.pgproof.web.view;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.RemovedEvidence;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.decide.DecisionTasks;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.RunPaths;
import io.pgproof.workflow.verify.Verifications;
import java.util.List;
import java.util.Optional;

/** Reads one run from the evidence log and the engine. */
public final class RunLookup {
  private final EvidenceLog evidenceLog;
  private final RunHistory runHistory;
  private final ProgressBoard progressBoard;
  private final Verifications verifications;
  private final DecisionTasks decisionTasks;
  private final RunPaths runPaths;

  RunLookup(
      EvidenceLog evidenceLog,
      RunHistory runHistory,
      ProgressBoard progressBoard,
      Verifications verifications,
      DecisionTasks decisionTasks,
      RunPaths runPaths) {
    this.evidenceLog = evidenceLog;
    this.runHistory = runHistory;
    this.progressBoard = progressBoard;
    this.verifications = verifications;
    this.decisionTasks = decisionTasks;
    this.runPaths = runPaths;
  }

  /**
   * Returns the run; empty if there is none with this id.
   *
   * @param text any text
   */
  public Optional<RunDetails> find(String text) {
    if (!RunId.isOne(text)) {
      return Optional.empty();
    }
    RunId run = new RunId(text);
    return runHistory.exists(run)
        ? Optional.of(details(run, evidenceLog.of(run)))
        : Optional.empty();
  }

  /**
   * Returns the removal of the evidence of a run; empty if the run has evidence or does not exist.
   *
   * @param text any text
   */
  public Optional<RemovedEvidence> removed(String text) {
    return RunId.isOne(text) ? runHistory.removed(new RunId(text)) : Optional.empty();
  }

  private RunDetails details(RunId run, List<EvidenceEntry> entries) {
    RunProjection projection = RunProjection.of(entries);
    Evidence.Asked asked = projection.asked();
    // Also flushes the entries that were read above.
    Optional<Report> reached = runHistory.report(run);
    if (reached.isEmpty()) {
      evidenceLog.awaitDurable();
    }
    return new RunDetails(
        run,
        asked.request(),
        entries.get(0).at(),
        Optional.ofNullable(asked.again()),
        runHistory.choice(run),
        reached.orElseGet(() -> projection.report(run.value())),
        reached.isPresent(),
        projection.findings(),
        projection.programOutput(),
        entries.stream().map(entry -> new RunDetails.Entry(entry, Evidence.read(entry))).toList(),
        reached.isPresent() ? Optional.empty() : progress(run),
        reached.isPresent() ? Optional.empty() : verifications.stuck(run),
        reached.isPresent() ? decisionTasks.of(run) : Optional.empty(),
        runPaths.of(run));
  }

  private Optional<RunDetails.Progress> progress(RunId run) {
    return progressBoard
        .of(run)
        .map(standing -> new RunDetails.Progress(standing, progressBoard.timeLeft(run)));
  }
}
