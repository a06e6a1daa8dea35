package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Record evidence: the report as it is given out, once for each run, and who is told of it; gives the engine the few facts that
 * its gateways and forms need.
 */
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
    Object reached = execution.getVariable(VerifyBackup.Variable.REACHED);
    if (!report.verdict().equals(reached)) {
      throw new IllegalStateException("the trail of run " + run + " asks for the verdict " + report.verdict() + ", and " + reached
          + " was reached");
    }
    new Evidence.VerdictReached(report).record(trail, run);
    verdicts.add(OpenTasks.backupKey(story.asked().request()), run, report.verdict(), report.reason());
    execution.setVariable(VerifyBackup.Variable.WITHDRAWN, story.endedByWithdrawal());
    VerdictFacts.show(run, story, execution);
    tell.tell(new Happening.Ended(run));
    work.forget(run);
    progress.forget(run);
  }
}
