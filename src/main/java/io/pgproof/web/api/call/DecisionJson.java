package io.pgproof.web.api.call;

import io.pgproof.workflow.decide.DecisionTasks;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The body of the call {@code decideTask}. */
record DecisionJson(@Nullable String decision, @Nullable String reason, @Nullable String until) {
  DecisionTasks.Answers answers() {
    return new DecisionTasks.Answers(
        Objects.requireNonNullElse(decision, ""),
        Objects.requireNonNullElse(reason, ""),
        Objects.requireNonNullElse(until, ""));
  }
}
