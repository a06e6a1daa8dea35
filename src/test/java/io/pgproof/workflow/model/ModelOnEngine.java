package io.pgproof.workflow.model;

import static io.pgproof.workflow.model.VerifyBackup.Variable.*;

import io.pgproof.proof.RunId;
import io.pgproof.workflow.engine.BackgroundWorkRetries;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.impl.cfg.StandaloneInMemProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;

/** The model on an engine of its own, with fake steps, where no job runs unless a test runs it. */
public final class ModelOnEngine implements AutoCloseable {
  public final FakeSteps steps = new FakeSteps();
  public final ProcessEngine engine;
  private Instant now = Instant.parse("2026-03-01T03:00:00Z");
  private String run;

  public ModelOnEngine() {
    StandaloneInMemProcessEngineConfiguration configuration =
        new StandaloneInMemProcessEngineConfiguration();
    configuration.setProcessEngineName("model-" + UUID.randomUUID());
    configuration.setJdbcUrl(
        "jdbc:h2:mem:" + configuration.getProcessEngineName() + ";DB_CLOSE_DELAY=-1");
    configuration.setBeans(steps.beans());
    configuration.setJobExecutorActivate(false);
    configuration.setHistory("full");
    configuration.setCustomPreBPMNParseListeners(List.of(new ModelCoverage()));
    configuration.setEnableExceptionsAfterUnhandledBpmnError(true);
    configuration.setProcessEnginePlugins(List.of(new BackgroundWorkRetries()));
    engine = configuration.buildProcessEngine();
    engine
        .getRepositoryService()
        .createDeployment()
        .addClasspathResource(VerifyBackup.MODEL)
        .addClasspathResource("bpmn/review-stale-backup.form")
        .addClasspathResource("bpmn/approve-escalation.form")
        .deploy();
  }

  @Override
  public void close() {
    ClockUtil.reset();
    engine.close();
  }

  /** Starts a verification that will reach this verdict, and works until it waits. */
  public void start(String verdict) {
    start(verdict, () -> {});
  }

  /** The same with steps that do something else than usual from the first on. */
  public void start(String verdict, Runnable script) {
    begin(verdict, Map.of(), script);
    work();
  }

  /** Id of the process instance. */
  public String run() {
    return run;
  }

  /** Starts a verification and runs none of its jobs. */
  public void begin(String verdict, Map<String, Object> others, Runnable script) {
    steps.forget();
    script.run();
    ClockUtil.setCurrentTime(Date.from(now));
    Map<String, Object> variables =
        new HashMap<>(
            Map.of(
                RETRY_CYCLE,
                "PT5S,PT30S",
                PAUSE,
                "PT1S",
                DEADLINE,
                "PT6H",
                ATTEMPT,
                0,
                INTERRUPTED,
                false,
                WITHDRAWN,
                false,
                REMIND_AFTER,
                "PT4H",
                ESCALATE_AFTER,
                "PT24H",
                VERDICT,
                verdict));
    for (String look :
        List.of(
            INSPECTED, IMAGE_AT_HAND, TURN_TAKEN, RESTORED, RECOVERED, CHECKED, WAIVED, JOINED)) {
      variables.put(look, false);
    }
    variables.put(VerifyBackup.Variable.CONTROL, false);
    variables.putAll(others);
    run =
        engine
            .getRuntimeService()
            .startProcessInstanceByKey(VerifyBackup.PROCESS, RunId.at(now).value(), variables)
            .getId();
  }

  /**
   * Runs every job that is no timer until there is none, failing ones until their retries are used
   * up.
   */
  public void work() {
    Job job;
    while ((job = nextJob()) != null) {
      workOnce(job);
    }
  }

  /** Runs the next job that is no timer, once. */
  void workOnce() {
    workOnce(nextJob());
  }

  private void workOnce(Job job) {
    pass(1);
    try {
      engine.getManagementService().executeJob(job.getId());
    } catch (RuntimeException fault) {
      // What a fault leads to is seen in the job's retries and the incidents.
    }
  }

  public Job nextJob() {
    List<Job> jobs =
        engine
            .getManagementService()
            .createJobQuery()
            .processInstanceId(run)
            .messages()
            .withRetriesLeft()
            .list();
    return jobs.isEmpty() ? null : jobs.get(0);
  }

  /** Lets time pass, or turns the clock back. */
  public void pass(long seconds) {
    now = now.plusSeconds(seconds);
    ClockUtil.setCurrentTime(Date.from(now));
  }

  public Instant now() {
    return now;
  }

  /** Correlates a message without working on. */
  public void send(String message) {
    engine.getRuntimeService().createMessageCorrelation(message).processInstanceId(run).correlate();
  }

  void sendAndWork(String message) {
    send(message);
    work();
  }

  /** Fires the timer of this event and works until the verification waits again. */
  public void fire(String event) {
    engine.getManagementService().executeJob(timer(event).getId());
    work();
  }

  public Job timer(String event) {
    return engine
        .getManagementService()
        .createJobQuery()
        .processInstanceId(run)
        .timers()
        .activityId(event)
        .singleResult();
  }

  /** Ids of the elements where the verification stands, scopes left out. */
  List<String> at() {
    return engine
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .processInstanceId(run)
        .unfinished()
        .list()
        .stream()
        .filter(
            instance ->
                !instance.getActivityType().equals("subProcess")
                    && !instance.getActivityType().equals("eventSubProcess"))
        .map(HistoricActivityInstance::getActivityId)
        .toList();
  }

  /**
   * Ends that say nothing of how the run ended: those of a plane that goes on to another, and of a
   * reminder.
   */
  public static final Set<String> PASSING_ENDS =
      Set.of(
          VerifyBackup.Event.BACKUP_INSPECTED,
          VerifyBackup.Event.IMAGE_FOUND,
          VerifyBackup.Event.TURN_TAKEN,
          VerifyBackup.Event.RESTORE_WATCHED,
          VerifyBackup.Event.RECOVERY_WATCHED,
          VerifyBackup.Event.CHECKS_WATCHED,
          VerifyBackup.Event.BACKUP_DECIDED_ON,
          VerifyBackup.Event.PEOPLE_REMINDED);

  /** The end that was reached; null while the verification runs. */
  public String end() {
    if (engine.getRuntimeService().createProcessInstanceQuery().processInstanceId(run).count()
        > 0) {
      return null;
    }
    return engine
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .processInstanceId(run)
        .activityType("noneEndEvent")
        .list()
        .stream()
        .map(HistoricActivityInstance::getActivityId)
        .filter(end -> !PASSING_ENDS.contains(end))
        .reduce(
            (one, other) -> {
              throw new AssertionError("two ends: " + one + " and " + other);
            })
        .orElseThrow();
  }

  public long passed(String element) {
    return engine
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .processInstanceId(run)
        .activityId(element)
        .count();
  }

  public List<Incident> incidents() {
    return engine.getRuntimeService().createIncidentQuery().processInstanceId(run).list();
  }

  /** What a person does with an incident in Cockpit. */
  void retry(Incident incident) {
    engine.getManagementService().setJobRetries(incident.getConfiguration(), 1);
    work();
  }

  public Task task() {
    return engine.getTaskService().createTaskQuery().processInstanceId(run).singleResult();
  }

  public void decide(String decision) {
    engine
        .getTaskService()
        .complete(task().getId(), Map.of(DECISION, decision, DECISION_REASON, "as agreed"));
    work();
  }

  Object variable(String name) {
    return engine.getRuntimeService().getVariable(run, name);
  }

  /** Works through all three waits of a stay by their messages. */
  void proveByMessages() {
    sendAndWork(VerifyBackup.Message.RESTORE_ENDED);
    sendAndWork(VerifyBackup.Message.RECOVERY_ENDED);
    sendAndWork(VerifyBackup.Message.CHECKS_ENDED);
  }
}
