package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Remind people: nobody has decided yet in the task that was opened last. */
final class RemindPeople implements JavaDelegate {
  private final Trail trail;
  private final Requests requests;
  private final Tell tell;

  RemindPeople(Trail trail, Requests requests, Tell tell) {
    this.trail = trail;
    this.requests = requests;
    this.tell = tell;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    Entry opened = trail.last(run, Evidence.kind(Evidence.TaskOpened.class))
        .orElseThrow(() -> new IllegalStateException("no task of run " + run + " was opened"));
    Evidence.TaskOpened task = (Evidence.TaskOpened) Evidence.read(opened);
    boolean open = execution.getProcessEngineServices().getTaskService().createTaskQuery()
        .processInstanceId(execution.getProcessInstanceId()).taskDefinitionKey(task.task()).count() > 0;
    // Somebody may have decided since the reminder fell due.
    if (open) {
      new Evidence.Reminded(task.task(), task.name(), task.group(), opened.at()).record(trail, run);
      tell.tell(new Happening.TaskReminded(run, task.name(), task.group(), opened.at(),
          opened.at().plus(requests.of(run).patience().escalateAfter())));
    }
  }
}
