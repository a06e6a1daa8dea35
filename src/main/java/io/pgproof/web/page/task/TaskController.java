package io.pgproof.web.page.task;

import io.pgproof.web.login.Person;
import io.pgproof.web.view.OpenReview;
import io.pgproof.web.view.OpenTask;
import io.pgproof.web.view.OpenTaskList;
import io.pgproof.workflow.decide.DecisionForm;
import io.pgproof.workflow.decide.DecisionRefusedException;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.decide.DecisionTasks;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The list of open tasks, and the page on which a person decides one. */
@Controller
@Profile("serve")
final class TaskController {
  private static final DecisionTasks.Answers NONE = new DecisionTasks.Answers("", "", "");

  private final OpenTaskList openTaskList;
  private final DecisionTasks decisionTasks;
  private final Clock clock;

  TaskController(OpenTaskList openTaskList, DecisionTasks decisionTasks, Clock clock) {
    this.openTaskList = openTaskList;
    this.decisionTasks = decisionTasks;
    this.clock = clock;
  }

  @GetMapping("/tasks")
  String list(@ModelAttribute("person") Person person, Model page) {
    Instant now = clock.instant();
    page.addAttribute(
        "tasks",
        Stream.concat(
                openTaskList.all().stream().map(task -> TaskRow.of(task, person, now)),
                openTaskList.reviews().stream().map(review -> TaskRow.of(review, person, now)))
            .sorted(Comparator.comparing(row -> Instant.parse(row.openedAt().iso())))
            .toList());
    return "tasks";
  }

  @GetMapping("/tasks/{id}")
  String show(
      @PathVariable("id") String id,
      @ModelAttribute("person") Person person,
      Model page,
      HttpServletResponse response) {
    return show(id, person, NONE, null, page, response);
  }

  /** Shows the task, or says that it is no longer open. */
  private String show(
      String id,
      Person person,
      DecisionTasks.Answers given,
      DecisionPart.@Nullable Refusal refused,
      Model page,
      HttpServletResponse response) {
    Optional<OpenTask> open = find(id);
    Optional<OpenReview> review =
        openTaskList.reviews().stream().filter(each -> each.task().id().equals(id)).findFirst();
    if (open.isEmpty() && review.isEmpty()) {
      response.setStatus(HttpStatus.NOT_FOUND.value());
      return "task-gone";
    }
    if (refused != null) {
      response.setStatus(HttpStatus.UNPROCESSABLE_ENTITY.value());
    }
    DecisionTask task = open.map(OpenTask::task).orElseGet(() -> review.orElseThrow().task());
    DecisionPart part = part(task, person, given, refused);
    Map<String, String> facts = decisionTasks.facts(task);
    if (review.isPresent()) {
      page.addAttribute("page", new ReviewView(review.get().review().period(), facts, part));
      return "review";
    }
    page.addAttribute("page", new TaskView(open.get(), facts, part));
    return "task";
  }

  private DecisionPart part(
      DecisionTask task,
      Person person,
      DecisionTasks.Answers given,
      DecisionPart.@Nullable Refusal refused) {
    DecisionForm form = decisionTasks.form(task);
    boolean mayDecide = DecisionPart.mayDecide(task, person);
    return new DecisionPart(
        task,
        form,
        DecisionPart.choices(
            form, mayDecide ? decisionTasks.refusals(task, person.id()) : Map.of()),
        mayDecide,
        given,
        refused,
        Duration.between(task.openedAt(), clock.instant()));
  }

  private Optional<OpenTask> find(String id) {
    return openTaskList.all().stream().filter(task -> task.task().id().equals(id)).findFirst();
  }

  @PostMapping("/tasks/{id}")
  String decide(
      @PathVariable("id") String id,
      @ModelAttribute("person") Person person,
      @RequestParam(name = "decision", defaultValue = "") String decision,
      @RequestParam(name = "decisionReason", defaultValue = "") String reason,
      @RequestParam(name = "waivedUntil", defaultValue = "") String until,
      Model page,
      HttpServletResponse response,
      RedirectAttributes next) {
    // Found before it is decided, because the engine does not show a task that has ended.
    Optional<String> run = find(id).map(task -> task.run().value());
    DecisionTasks.Answers answers = new DecisionTasks.Answers(decision, reason, until);
    try {
      decisionTasks.decide(id, person.id(), List.copyOf(person.groups()), answers);
    } catch (DecisionRefusedException e) {
      return show(
          id,
          person,
          answers,
          new DecisionPart.Refusal(String.valueOf(e.getMessage()), e.hint()),
          page,
          response);
    }
    next.addFlashAttribute("done", "Your decision is recorded.");
    return "redirect:" + run.map(found -> "/runs/" + found).orElse("/tasks");
  }
}
