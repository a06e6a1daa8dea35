package io.pgproof.web.api.call;

import io.pgproof.proof.Mistakes;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.ProblemException;
import io.pgproof.web.api.ProblemType;
import io.pgproof.web.api.RequiresScope;
import io.pgproof.web.login.Person;
import io.pgproof.web.view.OpenTaskList;
import io.pgproof.workflow.decide.DecisionRefusedException;
import io.pgproof.workflow.decide.DecisionRefusedException.Why;
import io.pgproof.workflow.decide.DecisionTasks;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Shows the tasks that wait for people, and decides them in the name of the token's user. */
@RestController
@Profile("serve")
final class TaskCalls {
  private static final String MEMBERS =
      "the members of the body are decision, reason (in the form: decisionReason)"
          + " and until (waivedUntil)";

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
        Stream.concat(
                openTaskList.all().stream()
                    .map(open -> TaskJson.of(open, decisionTasks.form(open.task()))),
                openTaskList.reviews().stream()
                    .map(open -> TaskJson.of(open.task(), null, decisionTasks.form(open.task()))))
            .sorted(Comparator.comparing(TaskJson::openedAt))
            .toList());
  }

  @PostMapping(ApiPaths.V1 + "/tasks/{task}/decision")
  @RequiresScope(Scope.DECIDE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void decide(
      @AuthenticationPrincipal Person person,
      @PathVariable("task") String task,
      @RequestBody DecisionJson body) {
    try {
      decisionTasks.decide(task, person.id(), List.copyOf(person.groups()), body.answers());
    } catch (DecisionRefusedException e) {
      if (e.why() == Why.NOT_OPEN && !decisionTasks.existed(task)) {
        throw new ProblemException(
            ProblemType.NOT_FOUND,
            "there is no task " + Mistakes.quoted(task),
            "GET " + ApiPaths.V1 + "/tasks lists the open tasks");
      }
      throw new ProblemException(
          type(e.why()), String.valueOf(e.getMessage()), e.hint().isEmpty() ? MEMBERS : e.hint());
    }
  }

  private static ProblemType type(Why why) {
    return switch (why) {
      case ANSWERS -> ProblemType.BAD_REQUEST;
      case GROUP -> ProblemType.GROUP_MISSING;
      case FOUR_EYES -> ProblemType.FOUR_EYES;
      case NOT_OPEN -> ProblemType.NOT_OPEN;
    };
  }
}
