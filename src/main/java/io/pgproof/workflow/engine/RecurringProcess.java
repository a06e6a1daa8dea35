package io.pgproof.workflow.engine;

import io.pgproof.target.Schedule;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;

/**
 * A process of which one instance waits for the next due time of a schedule, and begins the next
 * one when that time has come.
 */
public final class RecurringProcess {
  /** Names of the process variables that each instance begins with. */
  public static final class Variable {
    public static final String RETRY_CYCLE = "retryCycle";

    /** The due time, a date. */
    public static final String DUE = "due";

    /** The schedule that {@link #DUE} was calculated from, to notice when it changes. */
    public static final String SCHEDULE = "schedule";

    private Variable() {}
  }

  private final RuntimeService runtime;
  private final OwnDefinitions definitions;
  private final Clock clock;
  private final String process;
  private final String dueEvent;
  private final String retryCycle;

  /**
   * @param dueEvent id of the event at which an instance waits for its time
   */
  public RecurringProcess(
      RuntimeService runtime,
      OwnDefinitions definitions,
      Clock clock,
      String process,
      String dueEvent,
      String retryCycle) {
    this.runtime = runtime;
    this.definitions = definitions;
    this.clock = clock;
    this.process = process;
    this.dueEvent = dueEvent;
    this.retryCycle = retryCycle;
  }

  /**
   * Plans an instance, keeps the one that waits, or removes one that was planned for another time.
   *
   * @param schedule empty if no instance must wait
   */
  public synchronized void plan(Optional<Schedule> schedule) {
    boolean planned = false;
    for (ProcessInstance waiting : waiting()) {
      if (planned || schedule.isEmpty() || !isOf(schedule.get(), waiting)) {
        runtime.deleteProcessInstance(
            waiting.getId(), "the configuration has another time or none, or the clock was ahead");
      } else {
        planned = true;
      }
    }
    if (schedule.isPresent() && !planned) {
      runtime.startProcessInstanceById(
          definitions.id(process),
          Map.of(
              Variable.RETRY_CYCLE, retryCycle,
              Variable.SCHEDULE, schedule.get().toString(),
              Variable.DUE, Date.from(schedule.get().nextAfter(clock.instant()))));
    }
  }

  /**
   * Returns whether a waiting instance belongs to the schedule. One that was planned while the
   * clock was far ahead does not. The next but one due time does, because an instance whose time
   * has come already is not planned again.
   */
  private boolean isOf(Schedule schedule, ProcessInstance waiting) {
    Instant latest = schedule.nextAfter(schedule.nextAfter(clock.instant()));
    return schedule.toString().equals(runtime.getVariable(waiting.getId(), Variable.SCHEDULE))
        && !((Date) runtime.getVariable(waiting.getId(), Variable.DUE)).toInstant().isAfter(latest);
  }

  private List<ProcessInstance> waiting() {
    return runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(process)
        .activityIdIn(dueEvent)
        .list();
  }
}
