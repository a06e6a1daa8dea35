package io.pgproof.workflow.schedule;

import io.pgproof.evidence.Evidence;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.verify.Started;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans the next due time, and begins the work once for all due times that have passed. */
abstract class BeginDueWork implements JavaDelegate {
  private static final Logger LOG = LoggerFactory.getLogger(BeginDueWork.class);
  private static final int MOST_COUNTED = 1_000;

  private final DueWork dueWork;
  private final CurrentConfiguration configuration;
  private final SchedulePlanner schedulePlanner;
  private final Clock clock;

  BeginDueWork(
      DueWork dueWork,
      CurrentConfiguration configuration,
      SchedulePlanner schedulePlanner,
      Clock clock) {
    this.dueWork = dueWork;
    this.configuration = configuration;
    this.schedulePlanner = schedulePlanner;
    this.clock = clock;
  }

  /** Records that the due times are skipped because of what is under way. */
  abstract void passOver(Target target, Evidence.Due passed, RunId before);

  /** Begins the work and records the due times, unless other work of the target is in the way. */
  abstract Started begin(Target target, Evidence.Due passed);

  @Override
  public final void execute(DelegateExecution execution) {
    Optional<Target> target = configuration.target(execution.getProcessBusinessKey());
    Optional<Schedule> schedule = target.flatMap(found -> dueWork.schedule(found.plan()));
    execution.setVariable(
        KeepSchedule.Variable.OUTCOME,
        schedule.isEmpty()
            ? KeepSchedule.Outcome.GONE
            : start(target.get(), schedule.get(), execution));
  }

  private String start(Target target, Schedule schedule, DelegateExecution execution) {
    Instant due = ((Date) execution.getVariable(KeepSchedule.Variable.DUE)).toInstant();
    Instant now = clock.instant();
    // A clock that was set back does not make the same time due twice.
    schedulePlanner.plan(dueWork, target.name(), schedule, now.isAfter(due) ? now : due);
    Evidence.Due passed = passed(schedule, due, now);
    Started work = begin(target, passed);
    RunId run = work.run();
    if (!work.started()) {
      passOver(target, passed, run);
      LogContext.with(
          Optional.of(run),
          Optional.of(target.name()),
          () ->
              LOG.warn(
                  "the {} of target {} was due at {} and is skipped, because {} {} has not ended yet",
                  dueWork.words(),
                  target.name(),
                  due,
                  dueWork.words(),
                  run));
      return KeepSchedule.Outcome.PASSED_OVER;
    }
    execution.setVariable(KeepSchedule.Variable.RUN, run.value());
    LogContext.with(
        Optional.of(run),
        Optional.of(target.name()),
        () ->
            LOG.info(
                "began {} {} of target {}: {}",
                dueWork.words(),
                run,
                target.name(),
                passed.describe()));
    return KeepSchedule.Outcome.BEGUN;
  }

  private static Evidence.Due passed(Schedule schedule, Instant due, Instant now) {
    int times = 1;
    for (Instant next = schedule.nextAfter(due);
        !next.isAfter(now) && times < MOST_COUNTED;
        next = schedule.nextAfter(next)) {
      times++;
    }
    return new Evidence.Due(
        due, times, now.isAfter(due) ? Duration.between(due, now) : Duration.ZERO);
  }
}
