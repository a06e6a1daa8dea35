package io.pgproof.web.api.call;

import io.pgproof.web.view.OpenTask;
import io.pgproof.workflow.decide.DecisionForm;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schema {@code Task} of the contract. */
record TaskJson(
    String task,
    String name,
    String run,
    @Nullable String target,
    String group,
    Instant openedAt,
    @Nullable Instant escalatesAt,
    @Nullable String assignee,
    List<String> decisions) {

  TaskJson {
    decisions = List.copyOf(decisions);
  }

  static TaskJson of(OpenTask open, DecisionForm form) {
    return new TaskJson(
        open.task().id(),
        open.task().name(),
        open.task().run().value(),
        open.request().target().orElse(null),
        open.task().group(),
        open.task().openedAt(),
        open.task().escalatesAt().orElse(null),
        open.task().claimedBy().orElse(null),
        form.decision().choices().stream().map(DecisionForm.Choice::value).toList());
  }
}
