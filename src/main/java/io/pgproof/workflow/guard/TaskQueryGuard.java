package io.pgproof.workflow.guard;

import java.util.HashSet;
import java.util.Set;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.impl.TaskQueryImpl;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;

/**
 * Refuses a task query that contains expressions, including nested ones, before any part of it
 * runs.
 *
 * <p>A query inside a stored filter is not a command of its own; {@link PlainExpressions} refuses
 * it there.
 */
final class TaskQueryGuard extends CommandInterceptor {
  @Override
  public <T> T execute(Command<T> command) {
    if (command instanceof TaskQueryImpl query && carriesExpressions(query, new HashSet<>())) {
      throw new BadUserRequestException(
          "pgproof refuses expressions in task queries and their orQueries");
    }
    return next.execute(command);
  }

  // A query lists itself as its own first nested query.
  private static boolean carriesExpressions(TaskQueryImpl query, Set<TaskQueryImpl> seen) {
    if (!seen.add(query)) {
      return false;
    }
    return !query.getExpressions().isEmpty()
        || query.getQueries().stream().anyMatch(nested -> carriesExpressions(nested, seen));
  }
}
