package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.sandbox.MachineId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
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

/** Remove files: all that the stay wrote, but for a restored copy that someone asked to keep for a look. */
final class RemoveFiles implements JavaDelegate {
  private final Trail trail;
  private final Sandbox sandbox;
  private final StateDirectory state;
  private final Stays stays;
  private final LongWork work;
  private final Duration limit;
  private final Clock clock;

  /** @param limit how long the removal may take before it is tried again */
  RemoveFiles(Trail trail, Sandbox sandbox, StateDirectory state, Stays stays, LongWork work, Duration limit, Clock clock) {
    this.trail = trail;
    this.sandbox = sandbox;
    this.state = state;
    this.stays = stays;
    this.work = work;
    this.limit = limit;
    this.clock = clock;
  }

  @Override
  public void execute(DelegateExecution execution) throws IOException {
    RunId run = new RunId(execution.getProcessBusinessKey());
    work.stop(run);
    RunDirectory directory = state.run(run);
    // The engine orders the two handlers by the clock, which may have been set back: no file goes while its container is there.
    sandbox.destroy(new MachineId(directory.machineName(), directory.machine()));
    Evidence removed = remove(run, directory.path());
    stays.end(run);
    removed.record(trail, run);
  }

  private Evidence remove(RunId run, Path files) throws IOException {
    RunStory story = RunStory.of(trail.of(run));
    Duration keep = story.asked().request().keep();
    Verdict verdict = story.verdictOnceTornDown();
    boolean wanted = !keep.isZero() && !story.withdrawn()
        && (verdict instanceof Verdict.Refuted || verdict instanceof Verdict.Inconclusive);
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
