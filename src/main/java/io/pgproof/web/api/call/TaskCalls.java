package io.pgproof.web.api.call;

import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.RequiresScope;
import io.pgproof.web.view.OpenTaskList;
import io.pgproof.workflow.decide.DecisionTasks;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the tasks that wait for people. */
@RestController
@Profile("serve")
final class TaskCalls {
  private final OpenTaskList openTaskList;
  private final DecisionTasks decisionTasks;

  TaskCalls(OpenTaskList openTaskList, DecisionTasks decisionTasks) {
    this.openTaskList = openTaskList;
    this.decisionTasks = decisionTasks;
  }

  @GetMapping(ApiPaths.V1 + "/tasks")
  @RequiresScope(Scope.READ)
  ItemsJson<TaskJson> list() {
    return new ItemsJson<>(
        openTaskList.all().stream()
            .map(open -> TaskJson.of(open, decisionTasks.form(open.task())))
            .toList());
  }
}
