package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;

/** Join open task: a second bad run of a backup is added to the task that is open about it, so that nobody decides twice. */
final class JoinOpenTask implements JavaDelegate {
  private final Trail trail;
  private final OpenTasks openTasks;
  private final RuntimeService runtime;

  JoinOpenTask(Trail trail, OpenTasks openTasks, RuntimeService runtime) {
    this.trail = trail;
    this.openTasks = openTasks;
    this.runtime = runtime;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    String backupKey = (String) execution.getVariable(VerifyBackup.Variable.BACKUP_KEY);
    Optional<RunId> holder = openTasks.holder(backupKey);
    if (holder.isPresent() && !runs(holder.get())) {
      // Its instance was deleted by hand, so nobody will ever decide there.
      openTasks.release(backupKey, holder.get());
      holder = Optional.empty();
    }
    execution.setVariable(VerifyBackup.Variable.JOINED, holder.isPresent());
    if (holder.isEmpty()) {
      openTasks.take(backupKey, run);
      return;
    }
    new Evidence.TaskJoined(holder.get().value()).record(trail, run);
    new Evidence.RunJoined(run.value(),
        (String) execution.getVariable(VerifyBackup.Variable.VERDICT), (String) execution.getVariable(VerifyBackup.Variable.REASON)).record(trail, holder.get());
  }

  /** Not whether its task is open: between an operator's decision and the approver's task there is none. */
  private boolean runs(RunId holder) {
    return runtime.createProcessInstanceQuery().processInstanceBusinessKey(holder.value()).count() > 0;
  }
}
