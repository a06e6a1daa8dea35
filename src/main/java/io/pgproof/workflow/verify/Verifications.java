package io.pgproof.workflow.verify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.source.Backup;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.attempt.ContainerSlots;
import io.pgproof.workflow.attempt.RestoreAttempts;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.EngineWatchdog;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.Notifier;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.support.TransactionTemplate;

/** Begins, withdraws and resumes verifications by calling the engine, which does all the work. */
public final class Verifications {
  private static final Logger LOG = LoggerFactory.getLogger(Verifications.class);

  private static final long STEPS_LOOK_EVERY_MILLIS = 20;

  private final RuntimeService runtime;
  private final OwnDefinitions definitions;
  private final TaskService tasks;
  private final ManagementService management;
  private final TransactionTemplate transactions;
  private final EvidenceLog evidenceLog;
  private final Cancellations cancellations;
  private final RunRequests runRequests;
  private final Clock clock;
  private final String retryCycle;
  private final Duration stepsEndWithin;
  private final BackgroundWork work;
  private final RestoreAttempts restoreAttempts;
  private final ContainerSlots containerSlots;
  private final JobExecutor jobs;
  private final ThreadPoolTaskExecutor steps;
  private final EngineWatchdog engineWatchdog;
  private final Notifier notifier;

  public Verifications(
      RuntimeService runtime,
      OwnDefinitions definitions,
      TaskService tasks,
      ManagementService management,
      TransactionTemplate transactions,
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      Clock clock,
      String retryCycle,
      Duration stepsEndWithin,
      BackgroundWork work,
      RestoreAttempts restoreAttempts,
      ContainerSlots containerSlots,
      JobExecutor jobs,
      ThreadPoolTaskExecutor steps,
      EngineWatchdog engineWatchdog,
      Notifier notifier) {
    this.runtime = runtime;
    this.definitions = definitions;
    this.tasks = tasks;
    this.management = management;
    this.transactions = transactions;
    this.evidenceLog = evidenceLog;
    this.cancellations = cancellations;
    this.runRequests = runRequests;
    this.clock = clock;
    this.retryCycle = retryCycle;
    this.stepsEndWithin = stepsEndWithin;
    this.work = work;
    this.restoreAttempts = restoreAttempts;
    this.containerSlots = containerSlots;
    this.jobs = jobs;
    this.steps = steps;
    this.engineWatchdog = engineWatchdog;
    this.notifier = notifier;
  }

  /**
   * Begins a verification.
   *
   * @throws io.pgproof.proof.UsageException when the path holds nothing to verify; no run is
   *     created
   */
  public RunId begin(VerificationRequest request) {
    Backup backup = find(request.path());
    return begin(
        request,
        backup.directory(),
        null,
        backup.choice().map(choice -> Evidence.Chosen.of(backup.directory(), choice)));
  }

  /**
   * Begins a verification that no client waits for, in the caller's transaction: the inspection
   * finds out whether anything is at the path, and which of several backups the run is about.
   *
   * @param after the run that this one repeats; {@code null} if there is none
   * @param occasion why it is begun, if nobody requested it
   */
  public RunId beginUnseen(VerificationRequest request, RunId after, Optional<Evidence> occasion) {
    return begin(request, request.path(), after, occasion);
  }

  private RunId begin(
      VerificationRequest request,
      Path backup,
      RunId after,
      Optional<? extends Evidence> occasion) {
    RunId run = RunId.at(clock.instant());
    Map<String, Object> variables = new HashMap<>();
    variables.put(VerifyBackup.Variable.RUN, run.value());
    request.target().ifPresent(target -> variables.put(VerifyBackup.Variable.TARGET, target));
    variables.put(VerifyBackup.Variable.BACKUP_PATH, backup.toString());
    variables.put(VerifyBackup.Variable.BACKUP_KEY, OpenTasks.backupKey(request));
    variables.put(VerifyBackup.Variable.ASKED_BY, request.askedBy());
    variables.put(VerifyBackup.Variable.TELL, notifier.names(request));
    variables.put(VerifyBackup.Variable.MAX_AGE_TEXT, HumanFormat.duration(request.maxAge()));
    variables.put(VerifyBackup.Variable.RETRY_CYCLE, retryCycle);
    variables.put(VerifyBackup.Variable.DEADLINE, request.limits().stayTimeout().toString());
    variables.put(VerifyBackup.Variable.REMIND_AFTER, request.patience().remindAfter().toString());
    variables.put(
        VerifyBackup.Variable.ESCALATE_AFTER, request.patience().escalateAfter().toString());
    variables.put(VerifyBackup.Variable.PAUSE, "PT1S");
    variables.put(VerifyBackup.Variable.ATTEMPT, 0);
    variables.put(VerifyBackup.Variable.INTERRUPTED, false);
    variables.put(VerifyBackup.Variable.WITHDRAWN, false);
    transactions.executeWithoutResult(
        transaction -> {
          new Evidence.Asked(request, after == null ? null : after.value())
              .record(evidenceLog, run, request.askedBy());
          occasion.ifPresent(evidence -> evidence.record(evidenceLog, run));
          runtime.startProcessInstanceById(
              definitions.id(VerifyBackup.PROCESS), run.value(), variables);
        });
    return run;
  }

  private static Backup find(Path path) {
    try {
      return Backups.find(path);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FindingException(
          Reason.INTERRUPTED, "interrupted before it was known which backup to verify");
    }
  }

  /**
   * Returns a run of this target that has not reached its verdict.
   *
   * @param askedBy the requester of the run; {@code null} for any
   */
  public Optional<RunId> unfinished(String target, String askedBy) {
    List<RunId> runs =
        runtime
            .createProcessInstanceQuery()
            .processDefinitionKey(VerifyBackup.PROCESS)
            .variableValueEquals(VerifyBackup.Variable.TARGET, target)
            .list()
            .stream()
            .map(instance -> new RunId(instance.getBusinessKey()))
            .toList();
    Set<RunId> ended =
        evidenceLog.last(runs, Evidence.kind(Evidence.VerdictReached.class)).keySet();
    return runs.stream()
        .filter(run -> !ended.contains(run))
        .filter(run -> askedBy == null || runRequests.of(run).askedBy().equals(askedBy))
        .findFirst();
  }

  /**
   * Withdraws a run: as soon as its current step ends or is cancelled, the run tears down and ends
   * inconclusive, unless its checks were already made.
   */
  public void withdraw(RunId run, String person) {
    cancellations.record(run, person);
    work.interrupt(run);
    containerSlots.ring(run);
    hurry(run);
  }

  /**
   * Returns why a run is stuck: the message of its incident, or that it was suspended or deleted by
   * hand; empty while it makes progress or waits for a person.
   */
  public Optional<String> stuck(RunId run) {
    ProcessInstance instance =
        runtime.createProcessInstanceQuery().processInstanceBusinessKey(run.value()).singleResult();
    if (instance == null) {
      return evidenceLog.last(run, Evidence.kind(Evidence.VerdictReached.class)).isPresent()
          ? Optional.empty()
          : Optional.of(
              "the process instance of run "
                  + run
                  + " was deleted by hand before it reached a verdict");
    }
    if (instance.isSuspended()) {
      return Optional.of(
          "run " + run + " stands still: its process instance was suspended by hand");
    }
    return runtime.createIncidentQuery().processInstanceId(instance.getId()).list().stream()
        .findFirst()
        .map(
            incident ->
                "run "
                    + run
                    + " stands still at '"
                    + incident.getActivityId()
                    + "': "
                    + cause(incident));
  }

  /** Returns the innermost cause, which the engine's own message often hides. */
  private String cause(Incident incident) {
    String trace =
        incident.getConfiguration() == null
            ? null
            : management.getJobExceptionStacktrace(incident.getConfiguration());
    return trace == null
        ? incident.getIncidentMessage()
        : trace
            .lines()
            .filter(line -> line.startsWith("Caused by: "))
            .reduce((outer, inner) -> inner)
            .map(line -> line.substring("Caused by: ".length()))
            .orElse(incident.getIncidentMessage());
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
  public boolean oversee() {
    // All of them: anyMatch would stop at the first.
    return engineWatchdog.look()
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
    restoreAttempts.end(run);
    containerSlots.giveBack(run);
    return true;
  }

  /**
   * Stops the execution of jobs and all long work, image builds included, permanently: the next
   * daemon resumes what was in progress.
   */
  public void halt() {
    jobs.shutdown();
    try {
      // A step in progress may start work that is to be stopped.
      awaitSteps();
      work.stopAll();
    } finally {
      restoreAttempts.all().forEach(restoreAttempts::end);
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

  /**
   * Returns whether any run is in progress: neither ended, nor waiting for a person, nor stopped by
   * an incident or by hand.
   */
  public boolean underway() {
    List<ProcessInstance> instances =
        runtime
            .createProcessInstanceQuery()
            .processDefinitionKey(VerifyBackup.PROCESS)
            .active()
            .list();
    return instances.stream()
        .anyMatch(
            instance ->
                tasks.createTaskQuery().processInstanceId(instance.getId()).count() == 0
                    && runtime.createIncidentQuery().processInstanceId(instance.getId()).count()
                        == 0);
  }

  /**
   * Restarts what an earlier process left unfinished. Only the daemon calls it, at its start,
   * before jobs are executed and after everything under {@code runs/} was removed.
   */
  public void resume() {
    // The locks of an earlier daemon would hold its jobs for minutes.
    engineWatchdog.unlock();
    for (EventSubscription stay : waiting(VerifyBackup.Message.ATTEMPT_INTERRUPTED)) {
      LOG.info(
          "process instance {} was interrupted during its attempt", stay.getProcessInstanceId());
      transactions.executeWithoutResult(transaction -> interrupted(stay));
    }
    askForTurnsAgain();
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

  private void askForTurnsAgain() {
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

  private void hurry(RunId run) {
    ProcessInstance instance =
        runtime.createProcessInstanceQuery().processInstanceBusinessKey(run.value()).singleResult();
    if (instance == null) {
      return;
    }
    for (Job job :
        management.createJobQuery().processInstanceId(instance.getId()).withException().list()) {
      management.setJobDuedate(job.getId(), Date.from(clock.instant()));
    }
  }
}
