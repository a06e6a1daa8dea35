package io.pgproof.workflow.decide;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.decide.DecisionRefusedException.Why;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.AuthorizationException;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.SuspendedEntityInteractionException;
import org.camunda.bpm.engine.exception.NullValueException;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;

/**
 * Lists the open tasks, and decides in a person's name. The person gives the engine the same
 * command as in Tasklist, so the same rules hold.
 */
public final class DecisionTasks {
  private static final String[] PROCESSES = {VerifyBackup.PROCESS, ReviewResults.PROCESS};

  private final ProcessEngine engine;
  private final FourEyesRule fourEyesRule;

  DecisionTasks(ProcessEngine engine, FourEyesRule fourEyesRule) {
    this.engine = engine;
    this.fourEyesRule = fourEyesRule;
  }

  /**
   * The answers of a person; an answer that was not given is empty.
   *
   * @param until the last day of a waiver, such as {@code 2026-12-01}
   */
  public record Answers(String decision, String reason, String until) {}

  /** Returns all open tasks, whoever may decide them; the one that waits longest comes first. */
  public List<DecisionTask> open() {
    List<Task> tasks =
        engine.getTaskService().createTaskQuery().processDefinitionKeyIn(PROCESSES).active().list();
    if (tasks.isEmpty()) {
      return List.of();
    }
    Map<String, String> keys = keys(tasks);
    Map<String, Instant> escalations = escalations();
    return tasks.stream()
        .filter(task -> keys.containsKey(task.getProcessInstanceId()))
        .map(task -> task(task, keys, escalations))
        .sorted(Comparator.comparing(DecisionTask::openedAt).thenComparing(DecisionTask::id))
        .toList();
  }

  /** Returns how many tasks are open. */
  public long count() {
    return engine
        .getTaskService()
        .createTaskQuery()
        .processDefinitionKeyIn(PROCESSES)
        .active()
        .count();
  }

  /** Returns the open task of a run; empty if the run waits for nobody. */
  public Optional<DecisionTask> of(RunId run) {
    return open().stream().filter(task -> task.run().equals(Optional.of(run))).findFirst();
  }

  /** Returns the business keys by the ids of the process instances. */
  private Map<String, String> keys(List<Task> tasks) {
    return engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processInstanceIds(
            tasks.stream().map(Task::getProcessInstanceId).collect(Collectors.toSet()))
        .list()
        .stream()
        .collect(
            Collectors.toMap(
                ProcessInstance::getProcessInstanceId, ProcessInstance::getBusinessKey));
  }

  /** Returns when the open task of each process instance is escalated. */
  private Map<String, Instant> escalations() {
    return Stream.of(
            VerifyBackup.Event.REVIEW_OVERDUE,
            VerifyBackup.Event.APPROVAL_OVERDUE,
            ReviewResults.Event.REVIEW_OVERDUE)
        .distinct()
        .flatMap(
            event ->
                engine
                    .getManagementService()
                    .createJobQuery()
                    .timers()
                    .active()
                    .activityId(event)
                    .list()
                    .stream())
        .filter(job -> job.getDuedate() != null)
        .collect(
            Collectors.toMap(
                Job::getProcessInstanceId,
                job -> job.getDuedate().toInstant(),
                (one, other) -> one.isBefore(other) ? one : other));
  }

  private static DecisionTask task(
      Task task, Map<String, String> keys, Map<String, Instant> escalations) {
    String key = Objects.requireNonNull(keys.get(task.getProcessInstanceId()));
    boolean review = task.getTaskDefinitionKey().equals(ReviewResults.Task.REVIEW_REPORT);
    return new DecisionTask(
        task.getId(),
        task.getName(),
        review ? Optional.empty() : Optional.of(new RunId(key)),
        review ? Optional.of(DayPeriod.ofKey(key)) : Optional.empty(),
        task.getProcessInstanceId(),
        DecisionRules.of(task.getTaskDefinitionKey()).group(),
        task.getCreateTime().toInstant(),
        Optional.ofNullable(escalations.get(task.getProcessInstanceId())),
        Optional.ofNullable(task.getAssignee()));
  }

  /** Returns what the task asks for. */
  public DecisionForm form(DecisionTask task) {
    return DecisionForm.read(engine.getFormService().getDeployedTaskForm(task.id()));
  }

  /**
   * Returns what the form shows above its questions: the names of variables with their texts, those
   * without a text left out.
   */
  public Map<String, String> facts(DecisionTask task) {
    Map<String, String> facts = new HashMap<>();
    engine
        .getTaskService()
        .getVariables(task.id())
        .forEach(
            (name, value) -> {
              if (value instanceof String text && !text.isBlank()) {
                facts.put(name, text);
              }
            });
    return facts;
  }

  /**
   * Returns the decisions that this person will be refused by the four-eyes rule, and why. The rule
   * is applied again when the person decides.
   */
  public Map<String, String> refusals(DecisionTask task, String person) {
    Map<String, String> refusals = new LinkedHashMap<>();
    task.run()
        .ifPresent(
            run -> {
              addRefusal(
                  refusals,
                  VerifyBackup.Decision.ACCEPT,
                  () -> fourEyesRule.checkAccept(run, person));
              addRefusal(
                  refusals,
                  VerifyBackup.Decision.DISMISS,
                  () -> fourEyesRule.checkDismiss(run, person));
            });
    task.period()
        .ifPresent(
            period ->
                addRefusal(
                    refusals,
                    ReviewResults.Decision.SIGN,
                    () -> fourEyesRule.checkSign(period, person)));
    return refusals;
  }

  private static void addRefusal(Map<String, String> refusals, String decision, Runnable check) {
    try {
      check.run();
    } catch (BadUserRequestException e) {
      refusals.put(decision, String.valueOf(e.getMessage()).lines().findFirst().orElseThrow());
    }
  }

  /**
   * Decides a task.
   *
   * @param person who decides
   * @param groups the ids of the person's groups
   * @throws DecisionRefusedException when the task does not take the decision from this person, or
   *     is no longer open
   */
  public void decide(String task, String person, List<String> groups, Answers answers) {
    Map<String, Object> variables = new HashMap<>();
    variables.put(VerifyBackup.Variable.DECISION, answers.decision());
    variables.put(VerifyBackup.Variable.DECISION_REASON, answers.reason());
    if (!answers.until().isEmpty()) {
      variables.put(VerifyBackup.Variable.WAIVED_UNTIL, answers.until());
    }
    engine.getIdentityService().setAuthentication(person, groups);
    try {
      engine.getFormService().submitTaskForm(task, variables);
    } catch (NullValueException e) {
      throw new DecisionRefusedException(
          Why.NOT_OPEN,
          "this task is no longer open: someone decided it, or its run ended\n"
              + "HINT: the run shows the decision",
          e);
    } catch (RuntimeException e) {
      throw refusal(e);
    } finally {
      engine.getIdentityService().clearAuthentication();
    }
  }

  /** Returns why the engine refused; any other failure is thrown again. */
  private static DecisionRefusedException refusal(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DecisionDeniedException denied) {
        return new DecisionRefusedException(
            denied.why(), String.valueOf(denied.getMessage()), failure);
      } else if (cause instanceof SuspendedEntityInteractionException) {
        return new DecisionRefusedException(
            Why.NOT_OPEN,
            "the run of this task was suspended by hand\nHINT: activate the run in Cockpit",
            failure);
      } else if (cause instanceof BadUserRequestException) {
        return new DecisionRefusedException(
            Why.ANSWERS, String.valueOf(cause.getMessage()), failure);
      } else if (cause instanceof AuthorizationException) {
        return new DecisionRefusedException(
            Why.GROUP, "only the members of its group may decide this task", failure);
      }
    }
    throw failure;
  }

  /** Returns whether there ever was a task with this id, open or not. */
  public boolean existed(String id) {
    return engine.getHistoryService().createHistoricTaskInstanceQuery().taskId(id).count() > 0;
  }
}
