package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Record evidence: the report as it is given out, once for each run, and who is told of it. */
final class RecordEvidence implements JavaDelegate {
  private final Trail trail;
  private final Verdicts verdicts;
  private final LongWork work;
  private final ProgressBoard progress;
  private final Tell tell;

  RecordEvidence(Trail trail, Verdicts verdicts, LongWork work, ProgressBoard progress, Tell tell) {
    this.trail = trail;
    this.verdicts = verdicts;
    this.work = work;
    this.progress = progress;
    this.tell = tell;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    RunStory story = RunStory.of(trail.of(run));
    Report report = story.report(run.value());
    new Evidence.VerdictReached(report).record(trail, run);
    verdicts.add(OpenTasks.backupKey(story.asked().request()), run, report.verdict(), report.reason());
    tell.tell(new Happening.Ended(run));
    work.forget(run);
    progress.forget(run);
  }
}
