package io.pgproof.web.api.call;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.proof.RunId;
import io.pgproof.web.view.OpenTask;
import io.pgproof.workflow.decide.DecisionForm;
import io.pgproof.workflow.decide.DecisionTask;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schema {@code Task} of the contract. */
record TaskJson(
    String task,
    String name,
    @Nullable String run,
    @Nullable String target,
    @Nullable DayPeriod period,
    String group,
    Instant openedAt,
    @Nullable Instant escalatesAt,
    @Nullable String assignee,
    List<String> decisions) {

  TaskJson {
    decisions = List.copyOf(decisions);
  }

  static TaskJson of(OpenTask open, DecisionForm form) {
    return of(open.task(), open.request().target().orElse(null), form);
  }

  /**
   * @param target the target that the task is about; {@code null} if it is about none
   */
  static TaskJson of(DecisionTask task, @Nullable String target, DecisionForm form) {
    return new TaskJson(
        task.id(),
        task.name(),
        task.run().map(RunId::value).orElse(null),
        target,
        task.period().orElse(null),
        task.group(),
        task.openedAt(),
        task.escalatesAt().orElse(null),
        task.claimedBy().orElse(null),
        form.decision().choices().stream().map(DecisionForm.Choice::value).toList());
  }
}
