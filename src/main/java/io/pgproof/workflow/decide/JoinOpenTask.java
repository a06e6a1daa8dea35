package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.runtime.ProcessInstance;

/**
 * Join open task: adds a second bad run of a backup to the open task about it, so that nobody
 * decides twice.
 *
 * <p>A review is only about old data, so a run with a worse finding does not join it: this run
 * replaces the review with an escalation of its own, and the review joins the escalation.
 */
final class JoinOpenTask implements JavaDelegate {
  private final EvidenceLog evidenceLog;
  private final OpenTasks openTasks;
  private final RuntimeService runtime;

  JoinOpenTask(EvidenceLog evidenceLog, OpenTasks openTasks, RuntimeService runtime) {
    this.evidenceLog = evidenceLog;
    this.openTasks = openTasks;
    this.runtime = runtime;
  }

  @Override
  public void execute(DelegateExecution execution) {
    RunId run = new RunId(execution.getProcessBusinessKey());
    String backupKey = (String) execution.getVariable(VerifyBackup.Variable.BACKUP_KEY);
    Evidence.RunJoined joining =
        new Evidence.RunJoined(
            run.value(),
            Verdict.of((String) execution.getVariable(VerifyBackup.Variable.VERDICT)),
            Reason.of((String) execution.getVariable(VerifyBackup.Variable.REASON)));
    Optional<RunId> holder = openTasks.holder(backupKey);
    // Do not check whether its task is open: between an operator's decision and the approver's task
    // there is none.
    Optional<ProcessInstance> open = holder.map(this::instance);
    boolean joined =
        open.isPresent()
            && (!joining.verdict().isGraverThan(Verdict.STALE) || !isReviewed(open.get()));
    execution.setVariable(VerifyBackup.Variable.JOINED, joined);
    if (joined) {
      new Evidence.TaskJoined(holder.get().value()).record(evidenceLog, run);
      joining.record(evidenceLog, holder.get());
      runtime.setVariable(
          open.get().getId(),
          VerifyBackup.Variable.JOINED_RUNS,
          JoinedRuns.describe(joinedTo(holder.get())));
      return;
    }
    // A holder without an instance was deleted by hand, so nobody will ever decide there.
    holder.ifPresent(former -> openTasks.release(backupKey, former));
    openTasks.claim(backupKey, run);
    open.ifPresent(
        review -> {
          replaceHolder(holder.get(), review, run);
          execution.setVariable(
              VerifyBackup.Variable.JOINED_RUNS, JoinedRuns.describe(joinedTo(run)));
        });
  }

  private void replaceHolder(RunId reviewed, ProcessInstance review, RunId run) {
    for (EvidenceEntry earlier : joinedTo(reviewed)) {
      Evidence.read(earlier).record(evidenceLog, run);
    }
    new Evidence.RunJoined(
            reviewed.value(),
            Verdict.of((String) runtime.getVariable(review.getId(), VerifyBackup.Variable.VERDICT)),
            Reason.of((String) runtime.getVariable(review.getId(), VerifyBackup.Variable.REASON)))
        .record(evidenceLog, run);
    new Evidence.TaskJoined(run.value()).record(evidenceLog, reviewed);
    runtime
        .createMessageCorrelation(VerifyBackup.Message.WORSE_RUN_CAME)
        .processInstanceId(review.getId())
        .correlate();
  }

  private List<EvidenceEntry> joinedTo(RunId run) {
    return evidenceLog.of(run, Evidence.kind(Evidence.RunJoined.class));
  }

  private ProcessInstance instance(RunId run) {
    return runtime
        .createProcessInstanceQuery()
        .processInstanceBusinessKey(run.value(), VerifyBackup.PROCESS)
        .singleResult();
  }

  private boolean isReviewed(ProcessInstance instance) {
    return runtime
            .createEventSubscriptionQuery()
            .processInstanceId(instance.getId())
            .eventType("message")
            .eventName(VerifyBackup.Message.WORSE_RUN_CAME)
            .count()
        > 0;
  }
}
