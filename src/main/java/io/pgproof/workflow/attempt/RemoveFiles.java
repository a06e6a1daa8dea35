package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.Trees;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.workflow.engine.BackgroundWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Remove files: removes everything that the attempt wrote, except a restored copy that the
 * requester asked to keep.
 */
final class RemoveFiles implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final RestoreAttempts restoreAttempts;
  private final BackgroundWork work;
  private final Duration limit;
  private final Clock clock;

  /**
   * @param limit how long the removal may take before it is tried again
   */
  RemoveFiles(
      EvidenceLog evidenceLog,
      Sandbox sandbox,
      StateDirectory state,
      RestoreAttempts restoreAttempts,
      BackgroundWork work,
      Duration limit,
      Clock clock) {
    this.evidenceLog = evidenceLog;
    this.sandbox = sandbox;
    this.state = state;
    this.restoreAttempts = restoreAttempts;
    this.work = work;
    this.limit = limit;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) throws IOException {
    RunId run = new RunId(execution.getProcessBusinessKey());
    work.stop(run);
    RunDirectory directory = state.run(run);
    // The engine orders the two handlers by the clock, which may have been set back: no file is
    // removed while its container exists.
    sandbox.destroy(new MachineId(directory.machineName(), directory.machine()));
    Evidence removed = remove(run, directory.path());
    restoreAttempts.remove(run);
    removed.record(evidenceLog, run);
  }

  private Evidence remove(RunId run, Path files) throws IOException {
    RunProjection story = RunProjection.of(evidenceLog.of(run));
    Duration keep = story.asked().request().keep();
    Verdict verdict = story.verdictOnceTornDown();
    boolean wanted = !keep.isZero() && !story.withdrawn() && verdict.isGraverThan(Verdict.STALE);
    if (!wanted || !Files.isDirectory(state.run(run).data())) {
      Trees.remove(files, limit);
      return new Evidence.FilesRemoved(null, null);
    }
    Instant until = clock.instant().plus(keep).truncatedTo(ChronoUnit.SECONDS);
    KeptCopy copy = new KeptCopy(run, until);
    Files.move(files, copy.path(state), StandardCopyOption.ATOMIC_MOVE);
    return new Evidence.FilesRemoved(copy.path(state).toString(), until);
  }
}
