package io.pgproof.workflow.verify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.backup.restore.Backups;
import io.pgproof.backup.source.Backup;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.turn.ContainerSlots;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/** Begins and withdraws verifications by calling the engine, and tells how they stand. */
public final class Verifications {
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
  private final BackgroundWork work;
  private final ContainerSlots containerSlots;
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
      BackgroundWork work,
      ContainerSlots containerSlots,
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
    this.work = work;
    this.containerSlots = containerSlots;
    this.notifier = notifier;
  }

  /**
   * Begins a verification.
   *
   * @throws io.pgproof.proof.UsageException when the path holds nothing to verify; no run is
   *     created
   */
  public RunId start(VerificationRequest request) {
    Backup backup = find(request.path());
    return start(
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
  public RunId beginUnseen(
      VerificationRequest request, @Nullable RunId after, Optional<Evidence> occasion) {
    return start(request, request.path(), after, occasion);
  }

  private RunId start(
      VerificationRequest request,
      Path backup,
      @Nullable RunId after,
      Optional<? extends Evidence> occasion) {
    RunId run = RunId.at(clock.instant());
    Map<String, Object> variables = variables(run, request, backup);
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

  /**
   * Records the request of a run of a negative control, in the caller's transaction, and returns
   * the variables with which its process is called. The run's id is among them.
   *
   * @param request without a target
   */
  public Map<String, Object> prepareControl(
      VerificationRequest request, Evidence.ControlRun control) {
    RunId run = RunId.at(clock.instant());
    new Evidence.Asked(request, null, control).record(evidenceLog, run, request.askedBy());
    Map<String, Object> variables = variables(run, request, request.path());
    variables.put(VerifyBackup.Variable.CONTROL, true);
    return variables;
  }

  private Map<String, Object> variables(RunId run, VerificationRequest request, Path backup) {
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
    variables.put(VerifyBackup.Variable.CONTROL, false);
    return variables;
  }

  private static Backup find(Path path) {
    try {
      return Backups.find(path);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FindingException(
          Reason.INTERRUPTED, "interrupted before pgproof knew which backup to verify");
    }
  }

  /**
   * Returns a run of this target that has not reached its verdict.
   *
   * @param askedBy the requester of the run; {@code null} for any
   */
  public Optional<RunId> unfinished(String target, @Nullable String askedBy) {
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
    containerSlots.wake(run);
    retryFailedJobs(run);
  }

  /**
   * Returns why a run is stuck, with the remedy: the message of its incident, or that it was
   * suspended or deleted by hand; empty while it makes progress or waits for a person.
   */
  public Optional<Finding> stuck(RunId run) {
    ProcessInstance instance =
        runtime.createProcessInstanceQuery().processInstanceBusinessKey(run.value()).singleResult();
    if (instance == null) {
      return evidenceLog.last(run, Evidence.kind(Evidence.VerdictReached.class)).isPresent()
          ? Optional.empty()
          : Optional.of(
              stopped(
                  "the process instance of run "
                      + run
                      + " was deleted by hand before it reached a verdict",
                  "verify the backup again"));
    }
    return stopped("run " + run, instance);
  }

  /**
   * Returns why a process instance is stopped, with the remedy: it was suspended by hand, or has an
   * incident; empty otherwise.
   *
   * @param name what the instance is, such as {@code run 20260301-030000-1ffx}
   */
  public Optional<Finding> stopped(String name, ProcessInstance instance) {
    if (instance.isSuspended()) {
      return Optional.of(
          stopped(
              name + " is stopped: its process instance was suspended by hand",
              "activate it in Cockpit (" + Launcher.COMMAND + " serve)"));
    }
    return runtime.createIncidentQuery().processInstanceId(instance.getId()).list().stream()
        .findFirst()
        .map(
            incident ->
                stopped(
                    name + " is stopped at '" + incident.getActivityId() + "': " + cause(incident),
                    "fix the cause, then retry the failed job in Cockpit ("
                        + Launcher.COMMAND
                        + " serve)"));
  }

  private static Finding stopped(String why, String remedy) {
    return new Finding(Reason.ENVIRONMENT, why, remedy, null);
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
   * Returns whether any run is in progress: neither ended, nor waiting for a person, nor stopped by
   * an incident or by hand.
   */
  public boolean hasRunning() {
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

  private void retryFailedJobs(RunId run) {
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
