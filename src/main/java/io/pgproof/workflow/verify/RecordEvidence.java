package io.pgproof.workflow.verify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.VerdictVariables;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/**
 * Record evidence: records the final report, once for each run, and notifies its recipients; gives
 * the engine the few facts that its gateways and forms need. A negative control counts as no
 * verdict about a backup, and nobody is notified of it.
 */
public final class RecordEvidence implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final VerdictHistory verdictHistory;
  private final BackgroundWork work;
  private final ProgressBoard progress;
  private final Notifier notifier;

  public RecordEvidence(
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      BackgroundWork work,
      ProgressBoard progress,
      Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.verdictHistory = verdictHistory;
    this.work = work;
    this.progress = progress;
    this.notifier = notifier;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    RunProjection story = RunProjection.of(evidenceLog.of(run));
    Report report = story.report(run.value());
    Object reached = execution.getVariable(VerifyBackup.Variable.REACHED);
    if (!story.verdict().word().equals(reached)) {
      throw new IllegalStateException(
          "the evidence of run "
              + run
              + " requires the verdict "
              + story.verdict().word()
              + ", but the process reached "
              + reached);
    }
    new Evidence.VerdictReached(report).record(evidenceLog, run);
    boolean control = story.asked().control() != null;
    if (!control) {
      verdictHistory.add(
          OpenTasks.backupKey(story.asked().request()), run, story.verdict(), report.reason());
    }
    execution.setVariable(VerifyBackup.Variable.WITHDRAWN, story.endedByWithdrawal());
    VerdictVariables.set(run, story, execution);
    if (!control) {
      notifier.notify(new NotificationEvent.Ended(run));
    }
    work.forget(run);
    progress.forget(run);
  }
}
