package io.pgproof.workflow.schedule;

import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.workflow.model.KeepSchedule;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Execution;

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
   * Tells what planned instances of {@link KeepSchedule#PROCESS} are for, by their ids. Those that
   * an earlier version planned are for verifications.
   */
  static Function<String, DueWork> ofInstances(RuntimeService runtime) {
    Set<String> controls =
        runtime
            .createProcessInstanceQuery()
            .processDefinitionKey(KeepSchedule.PROCESS)
            .variableValueEquals(KeepSchedule.Variable.WORK, CONTROL.value)
            .list()
            .stream()
            .map(Execution::getId)
            .collect(Collectors.toSet());
    return instance -> controls.contains(instance) ? CONTROL : VERIFICATION;
  }
}
