package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.audit.VerdictHistory.Reached;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunProjection;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.VerdictVariables;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import java.time.Clock;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.task.IdentityLink;

/** Records that a human task was opened, and gives the form the values that are known only now. */
public final class TaskOpened implements TaskListener {
  private static final int RUNS_TOLD = 10;

  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final VerdictHistory verdictHistory;
  private final Clock clock;
  private final Notifier notifier;

  public TaskOpened(
      EvidenceLog evidenceLog,
      RunRequests runRequests,
      VerdictHistory verdictHistory,
      Clock clock,
      Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.verdictHistory = verdictHistory;
    this.clock = clock;
    this.notifier = notifier;
  }

  @Override
  public void notify(DelegateTask task) {
    // The answers of an earlier task are not this task's answers.
    task.removeVariable(VerifyBackup.Variable.DECISION);
    task.removeVariable(VerifyBackup.Variable.DECISION_REASON);
    task.removeVariable(VerifyBackup.Variable.WAIVED_UNTIL);
    RunId run = new RunId(task.getExecution().getProcessBusinessKey());
    VerificationRequest request = runRequests.of(run);
    // A person who completed an earlier task may have set any variable.
    VerdictVariables.set(run, RunProjection.of(evidenceLog.of(run)), task.getExecution());
    task.getExecution()
        .setVariable(
            VerifyBackup.Variable.TARGET_HISTORY, history(OpenTasks.backupKey(request), run));
    task.getExecution()
        .setVariable(
            VerifyBackup.Variable.DECIDE_BY,
            HumanFormat.time(clock.instant().plus(request.patience().escalateAfter())));
    String groups =
        task.getCandidates().stream()
            .map(IdentityLink::getGroupId)
            .sorted()
            .collect(Collectors.joining(", "));
    new Evidence.TaskOpened(task.getTaskDefinitionKey(), task.getName(), groups)
        .record(evidenceLog, run);
    notifier.notify(new NotificationEvent.TaskOpened(run, task.getName(), groups));
  }

  private String history(String backupKey, RunId run) {
    String before =
        verdictHistory.latest(backupKey, run, RUNS_TOLD).stream()
            .map(TaskOpened::describe)
            .collect(Collectors.joining("\n"));
    return (before.isEmpty() ? "no run before" : before)
        + "\n"
        + verdictHistory
            .last(backupKey, Verdict.PROVEN)
            .map(proven -> "last proven " + HumanFormat.time(proven.at()))
            .orElse("never proven");
  }

  private static String describe(Reached reached) {
    return HumanFormat.time(reached.at())
        + "  "
        + reached.verdict().word()
        + " ("
        + reached.reason().code()
        + ")  run "
        + reached.run();
  }
}
