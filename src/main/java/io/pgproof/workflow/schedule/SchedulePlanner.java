package io.pgproof.workflow.schedule;

import io.pgproof.proof.LogContext;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/** Keeps one due time planned for each schedule of a target, and no others. */
public final class SchedulePlanner {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulePlanner.class);

  /** One of the schedules of a target. */
  private record Kept(String target, DueWork work) {}

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
  void plan(DueWork work, String target, Schedule schedule, Instant after) {
    runtime.startProcessInstanceById(
        definitions.id(KeepSchedule.PROCESS),
        target,
        Map.of(
            KeepSchedule.Variable.RETRY_CYCLE,
            retryCycle,
            KeepSchedule.Variable.TARGET,
            target,
            KeepSchedule.Variable.WORK,
            work.value(),
            KeepSchedule.Variable.DUE,
            Date.from(schedule.nextAfter(after))));
  }

  /**
   * Makes the plans match the configuration. A due time that has passed is kept, to be caught up;
   * so is one that cannot be moved now, until the next call.
   */
  public synchronized void reconcile() {
    Map<Kept, Schedule> wanted = new LinkedHashMap<>();
    for (Target target : configuration.get().targets()) {
      for (DueWork work : DueWork.values()) {
        work.schedule(target.plan())
            .ifPresent(schedule -> wanted.put(new Kept(target.name(), work), schedule));
      }
    }
    Set<Kept> planned = new HashSet<>();
    Set<String> ended = new HashSet<>();
    for (Map.Entry<ProcessInstance, Optional<DueWork>> one : DueWork.planned(runtime).entrySet()) {
      ProcessInstance instance = one.getKey();
      if (one.getValue().isEmpty()) {
        // Its time has just come, and the next one was planned meanwhile; the next call sees it.
        ended.add(instance.getBusinessKey());
        continue;
      }
      Kept kept = new Kept(instance.getBusinessKey(), one.getValue().get());
      Schedule schedule = wanted.get(kept);
      try {
        if (schedule != null && planned.add(kept)) {
          adjustTimers(instance, kept, schedule);
        } else {
          runtime.deleteProcessInstance(
              instance.getId(), "the configuration has no schedule for this");
          log(
              kept,
              "target {} has no {} by schedule any more as of {}",
              configuration.get().file());
        }
      } catch (ProcessEngineException e) {
        // Its time has just come.
        LOG.debug("the schedule of target {} was not changed: {}", kept.target(), e.toString());
      }
    }
    wanted.forEach(
        (kept, schedule) -> {
          if (!planned.contains(kept) && !ended.contains(kept.target())) {
            plan(kept.work(), kept.target(), schedule, clock.instant());
            log(kept, "target {} is scheduled; next {} at {}", schedule.nextAfter(clock.instant()));
          }
        });
  }

  private void adjustTimers(ProcessInstance instance, Kept kept, Schedule schedule) {
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
      log(kept, "target {} is rescheduled; next {} at {}", next);
    }
  }

  private static void log(Kept kept, String words, Object value) {
    LogContext.with(
        Optional.empty(),
        Optional.of(kept.target()),
        () -> LOG.info(words, kept.target(), kept.work().words(), value));
  }
}
