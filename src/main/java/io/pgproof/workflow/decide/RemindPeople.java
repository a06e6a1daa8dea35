package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Remind people: nobody has decided yet in the task that was opened last. */
public final class RemindPeople implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final RunRequests runRequests;
  private final Notifier notifier;

  public RemindPeople(EvidenceLog evidenceLog, RunRequests runRequests, Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.runRequests = runRequests;
    this.notifier = notifier;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    EvidenceEntry opened =
        evidenceLog
            .last(run, Evidence.kind(Evidence.TaskOpened.class))
            .orElseThrow(() -> new IllegalStateException("no task of run " + run + " was opened"));
    Evidence.TaskOpened task = (Evidence.TaskOpened) Evidence.read(opened);
    boolean open =
        execution
                .getProcessEngineServices()
                .getTaskService()
                .createTaskQuery()
                .processInstanceId(execution.getProcessInstanceId())
                .taskDefinitionKey(task.task())
                .count()
            > 0;
    // Somebody may have decided since the reminder was due.
    if (open) {
      new Evidence.Reminded(task.task(), task.name(), task.group(), opened.at())
          .record(evidenceLog, run);
      notifier.notify(
          new NotificationEvent.TaskReminded(
              run,
              task.name(),
              task.group(),
              opened.at(),
              opened.at().plus(runRequests.of(run).patience().escalateAfter())));
    }
  }
}
