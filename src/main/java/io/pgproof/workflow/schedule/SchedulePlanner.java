package io.pgproof.workflow.schedule;

import io.pgproof.proof.LogContext;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.model.KeepSchedule;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps one due time planned for each target that has a schedule, and none for any other. */
public final class SchedulePlanner {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulePlanner.class);

  private final RuntimeService runtime;
  private final OwnDefinitions definitions;
  private final ManagementService management;
  private final TransactionTemplate transactions;
  private final CurrentConfiguration configuration;
  private final Clock clock;
  private final String retryCycle;

  SchedulePlanner(
      RuntimeService runtime,
      OwnDefinitions definitions,
      ManagementService management,
      TransactionTemplate transactions,
      CurrentConfiguration configuration,
      Clock clock,
      String retryCycle) {
    this.runtime = runtime;
    this.definitions = definitions;
    this.management = management;
    this.transactions = transactions;
    this.configuration = configuration;
    this.clock = clock;
    this.retryCycle = retryCycle;
  }

  /** Plans the first due time after this one, in the caller's transaction. */
  void plan(String target, Schedule schedule, Instant after) {
    runtime.startProcessInstanceById(
        definitions.id(KeepSchedule.PROCESS),
        target,
        Map.of(
            KeepSchedule.Variable.RETRY_CYCLE, retryCycle,
            KeepSchedule.Variable.TARGET, target,
            KeepSchedule.Variable.DUE, Date.from(schedule.nextAfter(after))));
  }

  /**
   * Makes the plans match the configuration. A due time that has passed is kept, to be caught up;
   * so is one that cannot be moved now, until the next call.
   */
  public synchronized void reconcile() {
    Map<String, Schedule> wanted = new LinkedHashMap<>();
    configuration
        .get()
        .targets()
        .forEach(
            target ->
                target
                    .plan()
                    .schedule()
                    .ifPresent(schedule -> wanted.put(target.name(), schedule)));
    Set<String> planned = new HashSet<>();
    for (ProcessInstance instance :
        runtime.createProcessInstanceQuery().processDefinitionKey(KeepSchedule.PROCESS).list()) {
      String target = instance.getBusinessKey();
      try {
        if (wanted.containsKey(target) && planned.add(target)) {
          adjustTimers(instance, wanted.get(target));
        } else {
          runtime.deleteProcessInstance(
              instance.getId(), "the configuration has no schedule for this");
          log(
              target,
              "target {} is no longer verified automatically as of {}",
              configuration.get().file());
        }
      } catch (ProcessEngineException e) {
        // Its time has just come.
        LOG.debug("the schedule of target {} was not changed: {}", target, e.toString());
      }
    }
    wanted.forEach(
        (target, schedule) -> {
          if (!planned.contains(target)) {
            plan(target, schedule, clock.instant());
            log(
                target,
                "target {} is scheduled; next verification at {}",
                schedule.nextAfter(clock.instant()));
          }
        });
  }

  private void adjustTimers(ProcessInstance instance, Schedule schedule) {
    for (Job job : management.createJobQuery().processInstanceId(instance.getId()).list()) {
      if (job.getRetries() == 0) {
        // An incident that nobody sees at night must not end a schedule.
        management.setJobRetries(job.getId(), 1);
      }
    }
    Job timer =
        management
            .createJobQuery()
            .processInstanceId(instance.getId())
            .timers()
            .activityId(KeepSchedule.Event.DUE_TIME_CAME)
            .singleResult();
    Instant now = clock.instant();
    Instant next = schedule.nextAfter(now);
    if (timer != null
        && timer.getDuedate().toInstant().isAfter(now)
        && timer.getDuedate().toInstant().toEpochMilli() != next.toEpochMilli()) {
      transactions.executeWithoutResult(
          transaction -> {
            management.setJobDuedate(timer.getId(), Date.from(next));
            runtime.setVariable(instance.getId(), KeepSchedule.Variable.DUE, Date.from(next));
          });
      log(instance.getBusinessKey(), "target {} is rescheduled; next verification at {}", next);
    }
  }

  private static void log(String target, String words, @Nullable Object value) {
    LogContext.with(Optional.empty(), Optional.of(target), () -> LOG.info(words, target, value));
  }
}
