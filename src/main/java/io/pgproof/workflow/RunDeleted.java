package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.Trail;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
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

/**
 * A verification ends. Where it is deleted while somebody was to decide, that is evidence and is told, for the finding stands
 * and nobody is asked about it any more.
 */
final class RunDeleted implements ExecutionListener {
  private static final String UNKNOWN = "unknown";

  private final Trail trail;
  private final OpenTasks openTasks;
  private final IdentityService identities;
  private final ManagementService management;
  private final Tell tell;

  RunDeleted(Trail trail, OpenTasks openTasks, IdentityService identities, ManagementService management, Tell tell) {
    this.trail = trail;
    this.openTasks = openTasks;
    this.identities = identities;
    this.management = management;
    this.tell = tell;
  }

  @Override
  public void notify(DelegateExecution execution) {
    ExecutionEntity instance = (ExecutionEntity) execution;
    if (instance.isDeleteRoot()) {
      deleted(instance.getProcessBusinessKey(), instance.getDeleteReason());
    }
  }

  private void deleted(String key, String reason) {
    List<Entry> entries = RunId.isOne(key) ? trail.of(new RunId(key)) : List.of();
    if (entries.isEmpty()) {
      return;
    }
    RunStory story = RunStory.of(entries);
    story.undecided().ifPresent(task -> {
      RunId run = new RunId(key);
      Optional<String> person = person();
      String because = reason == null || reason.isBlank() ? null : Words.shortened(reason.strip());
      Verdict verdict = story.verdict();
      new Evidence.DecisionTakenAway(task.task(), task.name(), verdict.word(), verdict.reason().code(), because)
          .record(trail, run, person.orElse(UNKNOWN));
      openTasks.release(OpenTasks.backupKey(story.asked().request()), run);
      tell.tell(new Happening.DecisionTakenAway(run, task.name(), person.orElse(null), because));
    });
  }

  /** Who is logged in, or who asked for the batch that this is done in. */
  private Optional<String> person() {
    return Optional.ofNullable(identities.getCurrentAuthentication()).map(Authentication::getUserId).or(() ->
        Optional.ofNullable(Context.getJobExecutorContext()).map(JobExecutorContext::getCurrentJob)
            .flatMap(job -> management.createBatchQuery().list().stream()
                .filter(batch -> batch.getBatchJobDefinitionId().equals(job.getJobDefinitionId())).findFirst())
            .map(Batch::getCreateUserId));
  }
}
