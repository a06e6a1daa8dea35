package io.pgproof.workflow.engine;

import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
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
   * @param passed ids of the elements that the run entered
   * @param active ids of the elements where it stands
   */
  public record RunPath(String instance, boolean ended, Set<String> passed, Set<String> active) {
    public RunPath {
      passed = Set.copyOf(passed);
      active = Set.copyOf(active);
    }
  }

  /** Returns the way of a run; empty if the engine has forgotten the run. */
  public Optional<RunPath> of(RunId run) {
    List<HistoricProcessInstance> instances =
        history
            .createHistoricProcessInstanceQuery()
            .processDefinitionKey(VerifyBackup.PROCESS)
            .processInstanceBusinessKey(run.value())
            .list();
    return instances.stream().findFirst().map(this::path);
  }

  private RunPath path(HistoricProcessInstance instance) {
    Set<String> passed = new HashSet<>();
    Set<String> active = new HashSet<>();
    for (HistoricActivityInstance activity :
        history.createHistoricActivityInstanceQuery().processInstanceId(instance.getId()).list()) {
      passed.add(activity.getActivityId());
      if (activity.getEndTime() == null) {
        active.add(activity.getActivityId());
      }
    }
    return new RunPath(instance.getId(), instance.getEndTime() != null, passed, active);
  }
}
