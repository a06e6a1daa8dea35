package io.pgproof.workflow.schedule;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begin due verification: plans the next due time, and begins one verification for all that have
 * passed.
 */
final class BeginDueVerification implements JavaDelegate {
  private static final Logger LOG = LoggerFactory.getLogger(BeginDueVerification.class);
  private static final int MOST_COUNTED = 1_000;

  private final EvidenceLog evidenceLog;
  private final CurrentConfiguration configuration;
  private final SchedulePlanner schedulePlanner;
  private final Verifications verifications;
  private final Clock clock;
  private final Notifier notifier;

  BeginDueVerification(
      EvidenceLog evidenceLog,
      CurrentConfiguration configuration,
      SchedulePlanner schedulePlanner,
      Verifications verifications,
      Clock clock,
      Notifier notifier) {
    this.evidenceLog = evidenceLog;
    this.configuration = configuration;
    this.schedulePlanner = schedulePlanner;
    this.verifications = verifications;
    this.clock = clock;
    this.notifier = notifier;
  }

  @Override
  public void execute(DelegateExecution execution) {
    Optional<Target> target = configuration.target(execution.getProcessBusinessKey());
    Optional<Schedule> schedule = target.flatMap(found -> found.plan().schedule());
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
    schedulePlanner.plan(target.name(), schedule, now.isAfter(due) ? now : due);
    Evidence.Due passed = passed(schedule, due, now);
    Optional<RunId> before = verifications.unfinished(target.name(), KeepSchedule.ASKED_BY);
    if (before.isPresent()) {
      new Evidence.DuePassedOver(due, passed.times()).record(evidenceLog, before.get());
      notifier.notify(
          new NotificationEvent.ScheduleMissed(
              target.name(),
              due,
              "it was skipped, because run " + before.get() + " has no verdict yet"));
      LogContext.with(
          before,
          Optional.of(target.name()),
          () ->
              LOG.warn(
                  "target {} was due at {} and is skipped, because its run {} has no verdict yet",
                  target.name(),
                  due,
                  before.get()));
      return KeepSchedule.Outcome.PASSED_OVER;
    }
    RunId run =
        verifications.beginUnseen(target.request(KeepSchedule.ASKED_BY), null, Optional.of(passed));
    execution.setVariable(KeepSchedule.Variable.RUN, run.value());
    if (passed.missed()) {
      notifier.notify(
          new NotificationEvent.ScheduleMissed(
              target.name(),
              due,
              "the server was down or busy; run "
                  + run
                  + " catches up"
                  + (passed.times() > 1 ? " for " + passed.times() + " due times" : "")));
    }
    LogContext.with(
        Optional.of(run),
        Optional.of(target.name()),
        () ->
            LOG.info("target {} is verified by run {}: {}", target.name(), run, passed.describe()));
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
