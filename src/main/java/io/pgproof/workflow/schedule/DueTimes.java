package io.pgproof.workflow.schedule;

import io.pgproof.workflow.model.KeepSchedule;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.camunda.bpm.engine.RuntimeService;

/** The due times that are planned, as the engine holds them. */
public final class DueTimes {
  private final RuntimeService runtime;

  public DueTimes(RuntimeService runtime) {
    this.runtime = runtime;
  }

  /**
   * Returns by the name of the target when its work is due next. A time in the past is due and was
   * not yet handled.
   */
  public Map<String, Instant> all(DueWork work) {
    Map<String, String> targets = new HashMap<>();
    DueWork.planned(runtime)
        .forEach(
            (instance, planned) -> {
              if (planned.filter(work::equals).isPresent()) {
                targets.put(instance.getId(), instance.getBusinessKey());
              }
            });
    Map<String, Instant> times = new TreeMap<>();
    runtime
        .createVariableInstanceQuery()
        .variableName(KeepSchedule.Variable.DUE)
        .disableBinaryFetching()
        .list()
        .forEach(
            variable -> {
              String target = targets.get(variable.getProcessInstanceId());
              if (target != null) {
                times.merge(
                    target,
                    ((Date) variable.getValue()).toInstant(),
                    (one, other) -> one.isBefore(other) ? one : other);
              }
            });
    return times;
  }
}
