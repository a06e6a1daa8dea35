package io.pgproof.workflow.engine;

import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.engine.history.HistoricVariableInstance;

/** Tells which way a run took through its process, and what an instance of a process is about. */
public final class RunPaths {
  private final HistoryService history;

  public RunPaths(HistoryService history) {
    this.history = history;
  }

  /**
   * The way of a run.
   *
   * @param instance id of the process instance
   * @param ended whether the process instance has ended
   * @param visits what the run entered, in this order
   */
  public record RunPath(String instance, boolean ended, List<Visit> visits) {
    public RunPath {
      visits = List.copyOf(visits);
    }
  }

  /**
   * The run entered an element.
   *
   * @param element id in the model
   * @param scope distinguishes the instance of the process or subprocess that holds it
   * @param left whether the run has left it
   */
  public record Visit(String element, String scope, boolean left) {}

  /**
   * What a process instance is about; both are empty if it is about all targets.
   *
   * @param run the run that the instance verifies, or tells somebody about
   * @param target the target whose schedule the instance keeps
   */
  public record Subject(Optional<RunId> run, Optional<String> target) {}

  /** Returns what a process instance is about; empty if the engine knows no such instance. */
  public Optional<Subject> subject(String instance) {
    return Optional.ofNullable(
            history.createHistoricProcessInstanceQuery().processInstanceId(instance).singleResult())
        .map(
            known ->
                switch (known.getProcessDefinitionKey()) {
                  case VerifyBackup.PROCESS ->
                      new Subject(Optional.of(new RunId(known.getBusinessKey())), Optional.empty());
                  case KeepSchedule.PROCESS ->
                      new Subject(Optional.empty(), Optional.of(known.getBusinessKey()));
                  default -> new Subject(toldAbout(instance), Optional.empty());
                });
  }

  private Optional<RunId> toldAbout(String instance) {
    return history
        .createHistoricVariableInstanceQuery()
        .processInstanceId(instance)
        .variableName(TellSomebody.Variable.RUN)
        .list()
        .stream()
        .map(HistoricVariableInstance::getValue)
        .filter(Objects::nonNull)
        .map(run -> new RunId(run.toString()))
        .findFirst();
  }

  /** Returns the way of a run; empty if the engine has forgotten the run. */
  public Optional<RunPath> of(RunId run) {
    return history
        .createHistoricProcessInstanceQuery()
        .processDefinitionKey(VerifyBackup.PROCESS)
        .processInstanceBusinessKey(run.value())
        .list()
        .stream()
        .findFirst()
        .map(this::path);
  }

  private RunPath path(HistoricProcessInstance instance) {
    List<Visit> visits =
        history
            .createHistoricActivityInstanceQuery()
            .processInstanceId(instance.getId())
            .orderPartiallyByOccurrence()
            .asc()
            .list()
            .stream()
            .map(
                activity ->
                    new Visit(
                        activity.getActivityId(),
                        activity.getParentActivityInstanceId(),
                        activity.getEndTime() != null))
            .toList();
    return new RunPath(instance.getId(), instance.getEndTime() != null, visits);
  }
}
