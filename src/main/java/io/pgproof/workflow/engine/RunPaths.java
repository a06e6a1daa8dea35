package io.pgproof.workflow.engine;

import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;

/** Tells which way a run took through its process. */
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
