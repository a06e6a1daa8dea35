package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.audit.Verdicts.Reached;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import java.time.Clock;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.task.IdentityLink;

/** A human task came up: that somebody is asked is evidence, and the form gets what is known only now. */
final class TaskOpened implements TaskListener {
  private static final int RUNS_TOLD = 10;

  private final Trail trail;
  private final Requests requests;
  private final Verdicts verdicts;
  private final Clock clock;
  private final Tell tell;

  TaskOpened(Trail trail, Requests requests, Verdicts verdicts, Clock clock, Tell tell) {
    this.trail = trail;
    this.requests = requests;
    this.verdicts = verdicts;
    this.clock = clock;
    this.tell = tell;
  }

  @Override
  public void notify(DelegateTask task) {
    // The answers of an earlier task are not this task's answers.
    task.removeVariable(VerifyBackup.Variable.DECISION);
    task.removeVariable(VerifyBackup.Variable.DECISION_REASON);
    task.removeVariable(VerifyBackup.Variable.WAIVED_UNTIL);
    RunId run = new RunId(task.getExecution().getProcessBusinessKey());
    VerificationRequest request = requests.of(run);
    // Whoever completed an earlier task may have set any variable.
    VerdictFacts.show(run, RunStory.of(trail.of(run)), task.getExecution());
    task.getExecution().setVariable(VerifyBackup.Variable.TARGET_HISTORY, history(OpenTasks.backupKey(request), run));
    task.getExecution().setVariable(VerifyBackup.Variable.DECIDE_BY,
        Words.time(clock.instant().plus(request.patience().escalateAfter())));
    String groups = task.getCandidates().stream().map(IdentityLink::getGroupId).sorted().collect(Collectors.joining(", "));
    new Evidence.TaskOpened(task.getTaskDefinitionKey(), task.getName(), groups).record(trail, run);
    tell.tell(new Happening.TaskOpened(run, task.getName(), groups));
  }

  private String history(String backupKey, RunId run) {
    String before = verdicts.latest(backupKey, run, RUNS_TOLD).stream().map(TaskOpened::words)
        .collect(Collectors.joining("\n"));
    return (before.isEmpty() ? "no run before" : before) + "\n"
        + verdicts.last(backupKey, "proven").map(proven -> "last proven " + Words.time(proven.at())).orElse("never proven");
  }

  private static String words(Reached reached) {
    return Words.time(reached.at()) + "  " + reached.verdict() + " (" + reached.reason() + ")  run " + reached.run();
  }
}
