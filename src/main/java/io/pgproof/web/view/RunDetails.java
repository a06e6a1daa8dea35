package io.pgproof.web.view;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.RunPaths;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about one run.
 *
 * @param repeats the run that this one repeats
 * @param chosen how the backup was chosen; empty if the request named it
 * @param report what is known; its conclusion counts only if {@code ended}
 * @param ended whether the run has a verdict
 * @param findings all findings, in the order of recording
 * @param words what PostgreSQL or another program said about the finding that decided the verdict;
 *     {@code null} if no program said anything
 * @param entries the whole evidence, in the order of writing
 * @param progress what the run does now
 * @param stopped why the run makes no progress until somebody acts, with the remedy
 * @param task the task in which people decide about the run
 * @param path the way through the process; empty if the engine has forgotten the run
 */
public record RunDetails(
    RunId run,
    VerificationRequest request,
    Instant askedAt,
    Optional<String> repeats,
    Optional<Evidence.Chosen> chosen,
    Report report,
    boolean ended,
    List<Finding> findings,
    @Nullable String words,
    List<Entry> entries,
    Optional<Progress> progress,
    Optional<Finding> stopped,
    Optional<DecisionTask> task,
    Optional<RunPaths.RunPath> path) {

  private static final Set<Class<? extends Evidence>> OF_PEOPLE =
      Set.of(
          Evidence.TaskOpened.class,
          Evidence.TaskJoined.class,
          Evidence.RunJoined.class,
          Evidence.Reminded.class,
          Evidence.NobodyDecided.class,
          Evidence.WaiverGranted.class,
          Evidence.Waived.class,
          Evidence.Withdrawn.class,
          Evidence.Decided.class,
          Evidence.DecisionTakenAway.class,
          Evidence.BegunAgain.class);

  public RunDetails {
    findings = List.copyOf(findings);
    entries = List.copyOf(entries);
  }

  /** One entry of the evidence log, as stored and as read. */
  public record Entry(EvidenceEntry stored, Evidence evidence) {}

  /** The progress of a run that has no verdict yet. */
  public record Progress(ProgressBoard.Standing standing, Optional<Duration> timeLeft) {}

  /** Returns what the run is part of, if it is one of a negative control. */
  public Optional<Evidence.ControlRun> control() {
    return entries.stream()
        .map(Entry::evidence)
        .filter(Evidence.Asked.class::isInstance)
        .findFirst()
        .map(asked -> ((Evidence.Asked) asked).control());
  }

  /** Returns the entries that say what people were asked and what they decided. */
  public List<Entry> decisions() {
    return entries.stream()
        .filter(entry -> OF_PEOPLE.contains(entry.evidence().getClass()))
        .toList();
  }

  /** Returns the findings that did not decide the verdict. */
  public List<Finding> otherFindings() {
    return findings.stream()
        .filter(
            finding ->
                finding.reason() != report.reason()
                    || !finding.message().equals(report.conclusion().message()))
        .toList();
  }

  /** Returns the target's name, or the path if the request names no target. */
  public String subject() {
    return request.target().orElseGet(() -> request.path().toString());
  }
}
