package io.pgproof.workflow.verify;

import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.LogContext;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.attempt.RestoreAttempts;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.EngineWatchdog;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.turn.ContainerSlots;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the process that owns a state directory does with verifications because it starts, works and
 * ends.
 */
public final class VerificationLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(VerificationLifecycle.class);

  private static final long STEPS_LOOK_EVERY_MILLIS = 20;

  private final RuntimeService runtime;
  private final TransactionTemplate transactions;
  private final RunRequests runRequests;
  private final BackgroundWork work;
  private final RestoreAttempts restoreAttempts;
  private final ContainerSlots containerSlots;
  private final EngineWatchdog engineWatchdog;
  private final JobExecutor jobs;
  private final ThreadPoolTaskExecutor steps;
  private final Duration stepsEndWithin;

  /**
   * @param steps threads that execute jobs
   * @param stepsEndWithin how long to wait for the steps in progress when the process ends
   */
  public VerificationLifecycle(
      RuntimeService runtime,
      TransactionTemplate transactions,
      RunRequests runRequests,
      BackgroundWork work,
      RestoreAttempts restoreAttempts,
      ContainerSlots containerSlots,
      EngineWatchdog engineWatchdog,
      JobExecutor jobs,
      ThreadPoolTaskExecutor steps,
      Duration stepsEndWithin) {
    this.runtime = runtime;
    this.transactions = transactions;
    this.runRequests = runRequests;
    this.work = work;
    this.restoreAttempts = restoreAttempts;
    this.containerSlots = containerSlots;
    this.engineWatchdog = engineWatchdog;
    this.jobs = jobs;
    this.steps = steps;
    this.stepsEndWithin = stepsEndWithin;
  }

  /**
   * Restarts what an earlier process left unfinished. Only the daemon calls it, at its start,
   * before jobs are executed and after everything under {@code runs/} was removed.
   */
  public void resume() {
    // The locks of an earlier daemon would hold its jobs for minutes.
    engineWatchdog.unlock();
    for (EventSubscription stay : waiting(VerifyBackup.Message.ATTEMPT_INTERRUPTED)) {
      RunId run =
          new RunId(
              runtime
                  .createProcessInstanceQuery()
                  .processInstanceId(stay.getProcessInstanceId())
                  .singleResult()
                  .getBusinessKey());
      LogContext.with(
          run,
          () -> {
            LOG.info("run {} was interrupted during its attempt", run);
            transactions.executeWithoutResult(transaction -> interrupted(stay));
          });
    }
    requestSlotsAgain();
  }

  /**
   * Returns the runs that wait for this message; the subscription of a process definition that
   * begins with the message is not a run.
   */
  private List<EventSubscription> waiting(String message) {
    return runtime
        .createEventSubscriptionQuery()
        .eventType("message")
        .eventName(message)
        .list()
        .stream()
        .filter(wait -> wait.getProcessInstanceId() != null)
        .toList();
  }

  /**
   * Ends an interrupted attempt. A run that was suspended by hand stays suspended, and begins again
   * when it is activated.
   */
  private void interrupted(EventSubscription stay) {
    String id = stay.getProcessInstanceId();
    boolean suspended =
        runtime.createProcessInstanceQuery().processInstanceId(id).suspended().count() > 0;
    if (suspended) {
      runtime.activateProcessInstanceById(id);
    }
    runtime.messageEventReceived(
        VerifyBackup.Message.ATTEMPT_INTERRUPTED,
        stay.getExecutionId(),
        Map.of(VerifyBackup.Variable.INTERRUPTED, true));
    if (suspended) {
      runtime.suspendProcessInstanceById(id);
    }
  }

  private void requestSlotsAgain() {
    for (EventSubscription wait : waiting(VerifyBackup.Message.TURN_CAME)) {
      ProcessInstance instance =
          runtime
              .createProcessInstanceQuery()
              .processInstanceId(wait.getProcessInstanceId())
              .singleResult();
      if (!instance.isSuspended()) {
        containerSlots.expect(
            ContainerSlots.Place.of(runRequests, new RunId(instance.getBusinessKey())));
        runtime.messageEventReceived(VerifyBackup.Message.TURN_CAME, wait.getExecutionId());
      }
    }
  }

  /**
   * Returns whether the directory of this name below {@code runs/} belongs to an attempt of this
   * process. If the process instance of the attempt was deleted by hand, this call ends the
   * attempt, which then owns nothing.
   */
  public boolean owns(String directory) {
    Optional<RunId> staying =
        restoreAttempts.all().stream().filter(run -> run.value().equals(directory)).findFirst();
    if (staying.isEmpty()) {
      return false;
    }
    return !endDeleted(staying.get());
  }

  /**
   * Notices what the engine does not report: that its database came back, that the clock was set
   * back, that an instance was deleted.
   *
   * @return whether something is left to be removed
   */
  public boolean supervise() {
    // All of them: anyMatch would stop at the first.
    return engineWatchdog.check()
        && Stream.concat(restoreAttempts.all().stream(), work.runs().stream())
                .distinct()
                .filter(this::endDeleted)
                .count()
            > 0;
  }

  /**
   * Ends the attempt and the long work of a run whose process instance is gone; returns false if
   * the instance exists.
   */
  private boolean endDeleted(RunId run) {
    if (runtime.createProcessInstanceQuery().processInstanceBusinessKey(run.value()).count() > 0) {
      return false;
    }
    work.stop(run);
    restoreAttempts.remove(run);
    containerSlots.release(run);
    return true;
  }

  /**
   * Stops the execution of jobs and all long work, image builds included, permanently: the next
   * daemon resumes what was in progress.
   */
  public void stopJobs() {
    jobs.shutdown();
    try {
      // A step in progress may start work that is to be stopped.
      awaitSteps();
      work.stopAll();
    } finally {
      restoreAttempts.all().forEach(restoreAttempts::remove);
    }
  }

  private void awaitSteps() {
    long end = System.nanoTime() + stepsEndWithin.toNanos();
    try {
      while (steps.getActiveCount() > 0 && System.nanoTime() < end) {
        Thread.sleep(STEPS_LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
