package io.pgproof.workflow.schedule;

import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.workflow.model.KeepSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Execution;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.runtime.ProcessInstanceQuery;

/** What a target can be due for; each has a schedule of its own. */
public enum DueWork {
  VERIFICATION(KeepSchedule.Work.VERIFICATION, "verification", Plan::schedule),
  CONTROL(KeepSchedule.Work.CONTROL, "negative control", Plan::controlSchedule);

  private final String value;
  private final String words;
  private final Function<Plan, Optional<Schedule>> schedule;

  DueWork(String value, String words, Function<Plan, Optional<Schedule>> schedule) {
    this.value = value;
    this.words = words;
    this.schedule = schedule;
  }

  /** Returns the value of {@link KeepSchedule.Variable#WORK}. */
  String value() {
    return value;
  }

  /** Returns the words for a person. */
  public String words() {
    return words;
  }

  /** Returns when it is due; empty for never. */
  public Optional<Schedule> schedule(Plan plan) {
    return schedule.apply(plan);
  }

  /**
   * Returns the planned instances of {@link KeepSchedule#PROCESS}, each with its work; empty if the
   * instance ended before its work was read. An instance that an earlier version planned is for a
   * verification.
   */
  static Map<ProcessInstance, Optional<DueWork>> planned(RuntimeService runtime) {
    List<ProcessInstance> planned = instances(runtime).list();
    Set<String> controls =
        ids(instances(runtime).variableValueEquals(KeepSchedule.Variable.WORK, CONTROL.value));
    // The query for controls does not find an instance that has ended. An instance that is still
    // there after the query and was not found is no control.
    Set<String> there = ids(instances(runtime));
    Map<ProcessInstance, Optional<DueWork>> works = new LinkedHashMap<>();
    for (ProcessInstance instance : planned) {
      if (controls.contains(instance.getId())) {
        works.put(instance, Optional.of(CONTROL));
      } else {
        works.put(
            instance,
            there.contains(instance.getId()) ? Optional.of(VERIFICATION) : Optional.empty());
      }
    }
    return works;
  }

  private static ProcessInstanceQuery instances(RuntimeService runtime) {
    return runtime.createProcessInstanceQuery().processDefinitionKey(KeepSchedule.PROCESS);
  }

  private static Set<String> ids(ProcessInstanceQuery query) {
    return query.list().stream().map(Execution::getId).collect(Collectors.toSet());
  }
}
