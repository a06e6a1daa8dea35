package io.pgproof.workflow.notify;

import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.target.SummarySettings;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.model.DailySummary;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;

/** Keeps one daily summary planned if the configuration asks for one, and none otherwise. */
public final class SummaryPlanner {
  private final RuntimeService runtime;
  private final OwnDefinitions definitions;
  private final CurrentConfiguration configuration;
  private final Clock clock;
  private final String retryCycle;

  SummaryPlanner(
      RuntimeService runtime,
      OwnDefinitions definitions,
      CurrentConfiguration configuration,
      Clock clock,
      String retryCycle) {
    this.runtime = runtime;
    this.definitions = definitions;
    this.configuration = configuration;
    this.clock = clock;
    this.retryCycle = retryCycle;
  }

  /**
   * Plans a summary, keeps the one that waits, or removes one that was planned for another time.
   */
  public synchronized void plan() {
    Optional<Schedule> schedule =
        configuration.get().telling().dailySummary().map(SummarySettings::schedule);
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
          definitions.id(DailySummary.PROCESS),
          Map.of(
              DailySummary.Variable.RETRY_CYCLE, retryCycle,
              DailySummary.Variable.SCHEDULE, schedule.get().toString(),
              DailySummary.Variable.DUE, Date.from(schedule.get().nextAfter(clock.instant()))));
    }
  }

  /**
   * Returns whether a waiting summary belongs to the schedule. One that was planned while the clock
   * was far ahead does not. The next but one due time does, because a summary that was already sent
   * is not planned again.
   */
  private boolean isOf(Schedule schedule, ProcessInstance waiting) {
    Instant latest = schedule.nextAfter(schedule.nextAfter(clock.instant()));
    return schedule
            .toString()
            .equals(runtime.getVariable(waiting.getId(), DailySummary.Variable.SCHEDULE))
        && !((Date) runtime.getVariable(waiting.getId(), DailySummary.Variable.DUE))
            .toInstant()
            .isAfter(latest);
  }

  private List<ProcessInstance> waiting() {
    return runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(DailySummary.PROCESS)
        .activityIdIn(DailySummary.Event.SUMMARY_DUE)
        .list();
  }
}
