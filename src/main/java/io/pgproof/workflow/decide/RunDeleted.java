package io.pgproof.workflow.decide;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunProjection;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.batch.Batch;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutorContext;
import org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity;
import org.jspecify.annotations.Nullable;

/**
 * Handles the end of a verification. If it is deleted while a decision is pending, this is recorded
 * as evidence and people are notified, because the finding stands and nobody is asked about it any
 * more.
 */
final class RunDeleted implements ExecutionListener {
  private static final String UNKNOWN = "unknown";

  private final EvidenceLog evidenceLog;
  private final OpenTasks openTasks;
  private final IdentityService identities;
  private final ManagementService management;
  private final Notifier notifier;

  RunDeleted(
      EvidenceLog evidenceLog,
      OpenTasks openTasks,
      IdentityService identities,
      ManagementService management,
      Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.openTasks = openTasks;
    this.identities = identities;
    this.management = management;
    this.notifier = notifier;
  }

  @Override
  public void notify(DelegateExecution execution) {
    ExecutionEntity instance = (ExecutionEntity) execution;
    if (instance.isDeleteRoot()) {
      deleted(instance.getProcessBusinessKey(), instance.getDeleteReason());
    }
  }

  private void deleted(String key, @Nullable String reason) {
    List<EvidenceEntry> entries = RunId.isOne(key) ? evidenceLog.of(new RunId(key)) : List.of();
    if (entries.isEmpty()) {
      return;
    }
    RunProjection story = RunProjection.of(entries);
    story
        .undecided()
        .ifPresent(
            task -> {
              RunId run = new RunId(key);
              Optional<String> person = person();
              String because =
                  reason == null || reason.isBlank() ? null : HumanFormat.shortened(reason.strip());
              new Evidence.DecisionTakenAway(
                      task.task(),
                      task.name(),
                      story.verdict(),
                      story.conclusion().reason(),
                      because)
                  .record(evidenceLog, run, person.orElse(UNKNOWN));
              openTasks.release(OpenTasks.backupKey(story.asked().request()), run);
              notifier.notify(
                  new NotificationEvent.DecisionTakenAway(
                      run, task.name(), person.orElse(null), because));
            });
  }

  /** Returns who is logged in, or who requested the batch that this job belongs to. */
  private Optional<String> person() {
    return Optional.ofNullable(identities.getCurrentAuthentication())
        .map(Authentication::getUserId)
        .or(
            () ->
                Optional.ofNullable(Context.getJobExecutorContext())
                    .map(JobExecutorContext::getCurrentJob)
                    .flatMap(
                        job ->
                            management.createBatchQuery().list().stream()
                                .filter(
                                    batch ->
                                        batch
                                            .getBatchJobDefinitionId()
                                            .equals(job.getJobDefinitionId()))
                                .findFirst())
                    .map(Batch::getCreateUserId));
  }
}
