package io.pgproof.web.page.task;

import io.pgproof.proof.HumanFormat;
import io.pgproof.web.login.Person;
import io.pgproof.web.page.CamundaLink;
import io.pgproof.web.page.Moment;
import io.pgproof.workflow.decide.DecisionForm;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.decide.DecisionTasks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the page of every task shows: how long it waits, and the form in which a person decides.
 *
 * @param mayDecide whether the person is in the group of the task
 * @param given what the person answered before; empty texts at first
 * @param refused why the decision was refused
 * @param age how long the task has been open
 */
record DecisionPart(
    DecisionTask task,
    DecisionForm form,
    List<Choice> choices,
    boolean mayDecide,
    DecisionTasks.Answers given,
    @Nullable Refusal refused,
    Duration age) {

  /** A decision to choose from; {@code refusal} says why this person cannot choose it. */
  record Choice(String value, String label, @Nullable String refusal) {}

  /** Why a decision was refused, and what to do instead. */
  record Refusal(String message, String hint) {}

  static List<Choice> choices(DecisionForm form, Map<String, String> refusals) {
    return form.decision().choices().stream()
        .map(choice -> new Choice(choice.value(), choice.label(), refusals.get(choice.value())))
        .toList();
  }

  static boolean mayDecide(DecisionTask task, Person person) {
    return person.isIn(task.group());
  }

  public Moment openedAt() {
    return Moment.of(task.openedAt());
  }

  public String waits() {
    return HumanFormat.duration(age);
  }

  public @Nullable Moment escalatesAt() {
    return task.escalatesAt().map(Moment::of).orElse(null);
  }

  public @Nullable String claimedBy() {
    return task.claimedBy().orElse(null);
  }

  public DecisionForm.@Nullable Field until() {
    return form.until().orElse(null);
  }

  public String tasklist() {
    return CamundaLink.task(task.id());
  }

  public String cockpit() {
    return CamundaLink.instance(task.instance());
  }
}
