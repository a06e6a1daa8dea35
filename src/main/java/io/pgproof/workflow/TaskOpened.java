package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.task.IdentityLink;

/** A human task came up: that somebody is asked is evidence. */
final class TaskOpened implements TaskListener {
  private final Trail trail;

  TaskOpened(Trail trail) {
    this.trail = trail;
  }

  @Override
  public void notify(DelegateTask task) {
    // The answers of an earlier task are not this task's answers.
    task.removeVariable(VerifyBackup.Variable.DECISION);
    task.removeVariable(VerifyBackup.Variable.DECISION_REASON);
    RunId run = new RunId(task.getExecution().getProcessBusinessKey());
    String groups = task.getCandidates().stream().map(IdentityLink::getGroupId).sorted().collect(Collectors.joining(", "));
    new Evidence.TaskOpened(task.getTaskDefinitionKey(), task.getName(), groups).record(trail, run);
  }
}
