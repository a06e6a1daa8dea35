package io.pgproof.workflow.decide;

import static io.pgproof.workflow.model.VerifyBackup.Variable.*;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.OneStateDirectory;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.audit.Waivers;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.PersonIds;
import io.pgproof.evidence.RunRequests;
import io.pgproof.evidence.runs.RunTableFollower;
import io.pgproof.notify.Message;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.attempt.ActiveRuns;
import io.pgproof.workflow.attempt.RestoreAttempts;
import io.pgproof.workflow.attempt.WholeEvidence;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.MessageSignal;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.model.FakeSteps;
import io.pgproof.workflow.model.ModelCoverage;
import io.pgproof.workflow.model.ModelOnEngine;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.model.VerifyBackup.ErrorCode;
import io.pgproof.workflow.model.VerifyBackup.Step;
import io.pgproof.workflow.notify.NotificationComposer;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.review.ReviewPlanner;
import io.pgproof.workflow.review.ReviewsOnEngine;
import io.pgproof.workflow.turn.ContainerSlots;
import io.pgproof.workflow.turn.TakeTurn;
import io.pgproof.workflow.verify.ReachVerdict;
import io.pgproof.workflow.verify.RecordEvidence;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutorContext;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.JobQuery;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.camunda.bpm.engine.task.Task;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/**
 * The model on an engine that shares its database and its transactions with the evidence, with all
 * that is done for people as it is done for real: only what comes before the verdict is faked, and
 * no job runs unless a test runs it.
 */
public final class PeopleOnEngine implements AutoCloseable {
  public static final Report.BackupFacts MONDAY = backup("0/A000028");
  static final Report.BackupFacts TUESDAY = backup("0/C000028");

  public final EvidenceLog trail;
  public final ProcessEngine engine;
  public final DecisionTasks tasks;
  public final DataSource database;
  public final Clock clock = new TestClock();
  public final Notifier notifier;
  public final CurrentConfiguration configuration =
      new CurrentConfiguration(io.pgproof.target.Configuration.none());
  public final ReviewPlanner reviews;
  public final ContainerSlots containerSlots;
  public final BackgroundWork work;
  public final ProgressBoard progressBoard = new ProgressBoard();
  private final OpenTasks openTasks;
  private final FakeSteps steps = new FakeSteps();
  private volatile Instant now = Instant.parse("2026-03-01T03:00:00Z");

  /** A user of the machine, who is known to a provider, too. */
  static final String MACHINE_USER = "m.lind";

  static final String MACHINE_USER_AT_PROVIDER = PersonIds.of("https://id", "17", "maria");

  private static final PersonIds PERSON_IDS =
      new PersonIds(Map.of(MACHINE_USER, MACHINE_USER_AT_PROVIDER));

  public PeopleOnEngine() {
    JdbcDataSource embedded = new JdbcDataSource();
    embedded.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000");
    database = embedded;
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    OneStateDirectory.claim(database, "tests", "here", "");
    trail = new EvidenceLog(database, clock, new RunTableFollower(database));
    Waivers waivers = new Waivers(database);
    VerdictHistory verdictHistory = new VerdictHistory(database, clock);
    openTasks = new OpenTasks(database);
    RunRequests runRequests = new RunRequests(trail);
    Map<Object, Object> beans = steps.beans();
    SpringProcessEngineConfiguration settings = new SpringProcessEngineConfiguration();
    settings.setProcessEngineName("people-" + UUID.randomUUID());
    settings.setDataSource(database);
    settings.setTransactionManager(new DataSourceTransactionManager(database));
    settings.setDatabaseSchemaUpdate("true");
    settings.setBeans(beans);
    settings.setJobExecutorActivate(false);
    settings.setHistory("full");
    settings.setGroupResourceWhitelistPattern("[a-zA-Z0-9-]+");
    settings.setCustomPreBPMNParseListeners(List.of(new ModelCoverage()));
    settings.setEnableExceptionsAfterUnhandledBpmnError(true);
    settings.getProcessEnginePlugins().add(new DeletionListenerPlugin());
    engine = settings.buildProcessEngine();
    FourEyesRule fourEyesRule = new FourEyesRule(trail, runRequests, waivers, PERSON_IDS);
    tasks = new DecisionTasks(engine, fourEyesRule);
    notifier =
        new Notifier(
            engine.getRuntimeService(),
            new OwnDefinitions(engine.getRepositoryService()),
            configuration,
            trail,
            new NotificationComposer(trail, verdictHistory, clock, Optional::empty),
            "PT5S");
    containerSlots =
        new ContainerSlots(
            () -> 1,
            new ActiveRuns(engine.getRuntimeService(), new RestoreAttempts()),
            new MessageSignal(engine.getRuntimeService()));
    work =
        new BackgroundWork(
            new MessageSignal(engine.getRuntimeService()), Duration.ofSeconds(30), 3);
    beans.put(
        Step.TAKE_TURN,
        new TakeTurn(trail, new Cancellations(trail), runRequests, containerSlots, progressBoard));
    beans.put(Step.REACH_VERDICT, new ReachVerdict(trail, containerSlots));
    beans.put(
        Step.RECORD_EVIDENCE,
        new RecordEvidence(trail, verdictHistory, work, progressBoard, notifier));
    beans.put(Step.LOOK_FOR_WAIVER, new LookForWaiver(trail, runRequests, waivers, clock));
    beans.put(Step.JOIN_OPEN_TASK, new JoinOpenTask(trail, openTasks, engine.getRuntimeService()));
    beans.put(Step.REMIND_PEOPLE, new RemindPeople(trail, runRequests, notifier));
    beans.put(Step.HAND_ON_REVIEW, new HandOnReview(trail, runRequests));
    beans.put(
        Step.ESCALATE_UNANSWERED_TASK,
        new EscalateUnansweredTask(trail, runRequests, openTasks, notifier));
    beans.put(
        VerifyBackup.Listener.TASK_OPENED,
        new TaskOpened(trail, runRequests, verdictHistory, clock, notifier));
    beans.put(
        VerifyBackup.Listener.TASK_DECIDED,
        new TaskDecided(
            trail,
            runRequests,
            openTasks,
            waivers,
            fourEyesRule,
            engine.getIdentityService(),
            clock,
            notifier,
            new BoundedRecorder(trail, clock)));
    beans.put(
        VerifyBackup.Listener.RUN_DELETED,
        new RunDeleted(
            trail,
            openTasks,
            engine.getIdentityService(),
            engine.getManagementService(),
            notifier));
    reviews =
        ReviewsOnEngine.add(
            beans, engine, database, trail, configuration, clock, notifier, fourEyesRule);
    engine
        .getRepositoryService()
        .createDeployment()
        .addClasspathResource(VerifyBackup.MODEL)
        .addClasspathResource(TellSomebody.MODEL)
        .addClasspathResource(ReviewResults.MODEL)
        .addClasspathResource(NegativeControl.MODEL)
        .addClasspathResource("bpmn/review-results.form")
        .addClasspathResource("bpmn/review-stale-backup.form")
        .addClasspathResource("bpmn/approve-escalation.form")
        .deploy();
  }

  /**
   * A run of the target that ends with this finding, carried on until it waits for a person or
   * ends.
   */
  public RunId run(String askedBy, String target, Report.BackupFacts backup, Reason found) {
    pass(Duration.ofMinutes(1));
    VerificationRequest request =
        Settings.NONE
            .with(Setting.FRESHNESS_QUERY, "select max(placed_at) from orders")
            .with(Setting.REMIND_AFTER, Duration.ofHours(2))
            .with(Setting.ESCALATE_AFTER, Duration.ofHours(5))
            .request(Optional.of(target), Path.of("/backups", target), askedBy);
    RunId run = RunId.at(now);
    new Evidence.Asked(request, null).record(trail, run, askedBy);
    Map<String, Object> variables =
        new HashMap<>(
            Map.of(
                RETRY_CYCLE,
                "PT5S,PT30S",
                BACKUP_KEY,
                OpenTasks.backupKey(request),
                RUN,
                run.value(),
                TARGET,
                target,
                ASKED_BY,
                askedBy,
                REMIND_AFTER,
                request.patience().remindAfter().toString(),
                ESCALATE_AFTER,
                request.patience().escalateAfter().toString()));
    variables.put(WITHDRAWN, false);
    variables.put(VerifyBackup.Variable.CONTROL, false);
    engine
        .getRuntimeService()
        .startProcessInstanceByKey(VerifyBackup.PROCESS, run.value(), variables);
    end(run, backup, found);
    return run;
  }

  /** Ends the only run that is under way with this finding, as {@link #run} does. */
  public void end(RunId run, Report.BackupFacts backup, Reason found) {
    WholeEvidence.record(
        trail,
        run,
        new RunRequests(trail).of(run),
        backup,
        now,
        Duration.ofHours(found == Reason.FRESH ? 20 : 30));
    if (found != Reason.FRESH) {
      new Evidence.Found(Finding.of(found, found.meaning(), "FATAL:  so it is")).record(trail, run);
    }
    steps.script(Step.INSPECT_BACKUP, FakeSteps.error(ErrorCode.FINDING));
    work();
  }

  public void pass(Duration time) {
    now = now.plus(time);
    ClockUtil.setCurrentTime(Date.from(now));
  }

  /** Lets time pass and runs what falls due in it, in order. */
  public void wait(Duration time) {
    Instant end = now.plus(time);
    JobQuery query =
        engine
            .getManagementService()
            .createJobQuery()
            .timers()
            .duedateLowerThan(Date.from(end.plusMillis(1)))
            .orderByJobDuedate()
            .asc();
    for (List<Job> due = query.list(); !due.isEmpty(); due = query.list()) {
      Instant next = due.get(0).getDuedate().toInstant();
      // A timer never fires before its time, and the last of a cycle would repeat at that instant.
      pass(Duration.between(now, next.isAfter(now) ? next.plusMillis(1) : now));
      engine.getManagementService().executeJob(due.get(0).getId());
      work();
    }
    pass(Duration.between(now, end));
  }

  /** Runs all jobs that are no timers, save those that send messages. */
  public void work() {
    for (List<Job> jobs = jobs(); !jobs.isEmpty(); jobs = jobs()) {
      engine.getManagementService().executeJob(jobs.get(0).getId());
    }
  }

  private List<Job> jobs() {
    return engine.getManagementService().createJobQuery().messages().list().stream()
        .filter(
            job ->
                VerifyBackup.PROCESS.equals(job.getProcessDefinitionKey())
                    || ReviewResults.PROCESS.equals(job.getProcessDefinitionKey()))
        .toList();
  }

  /** Does what people asked for in batches. */
  void workBatches() {
    for (Optional<Job> job = batchJob(); job.isPresent(); job = batchJob()) {
      Context.setJobExecutorContext(new JobExecutorContext());
      try {
        engine.getManagementService().executeJob(job.get().getId());
      } finally {
        Context.removeJobExecutorContext();
      }
    }
  }

  private Optional<Job> batchJob() {
    return engine.getManagementService().createJobQuery().messages().list().stream()
        .filter(job -> job.getProcessDefinitionKey() == null)
        .findFirst();
  }

  public Instant now() {
    return now;
  }

  /** The open task of a run; null where there is none. */
  Task task(RunId run) {
    return engine
        .getTaskService()
        .createTaskQuery()
        .processInstanceBusinessKey(run.value())
        .singleResult();
  }

  long openTasks() {
    return engine.getTaskService().createTaskQuery().count();
  }

  Object variable(RunId run, String name) {
    return engine.getTaskService().getVariable(task(run).getId(), name);
  }

  /** Decides as a person in these groups. */
  void decide(RunId run, String person, List<String> groups, Map<String, Object> answers) {
    engine.getIdentityService().setAuthentication(person, groups);
    try {
      engine.getTaskService().complete(task(run).getId(), answers);
    } finally {
      engine.getIdentityService().clearAuthentication();
    }
    work();
  }

  /** The messages to this recipient that are on their way; nothing sends them. */
  public List<Message> messages(String recipient) {
    return engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processDefinitionKey(TellSomebody.PROCESS)
        .variableValueEquals(TellSomebody.Variable.RECIPIENT, recipient)
        .list()
        .stream()
        .map(
            telling ->
                (byte[])
                    engine
                        .getRuntimeService()
                        .getVariable(telling.getId(), TellSomebody.Variable.MESSAGE))
        .map(json -> EvidenceJson.read(new String(json, StandardCharsets.UTF_8), Message.class))
        .toList();
  }

  /** Id of the run's process instance. */
  public String instance(RunId run) {
    return engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processInstanceBusinessKey(run.value())
        .singleResult()
        .getId();
  }

  /** Whether the target is free for a new task. */
  boolean isFree(RunId run) {
    return openTasks.holder(OpenTasks.backupKey(new RunRequests(trail).of(run))).isEmpty();
  }

  public String end(RunId run) {
    List<String> ends =
        engine
            .getHistoryService()
            .createHistoricActivityInstanceQuery()
            .activityType("noneEndEvent")
            .list()
            .stream()
            .filter(
                end ->
                    end.getProcessInstanceId()
                        .equals(
                            engine
                                .getHistoryService()
                                .createHistoricProcessInstanceQuery()
                                .processInstanceBusinessKey(run.value())
                                .singleResult()
                                .getId()))
            .map(HistoricActivityInstance::getActivityId)
            .filter(end -> !ModelOnEngine.PASSING_ENDS.contains(end))
            .toList();
    return ends.isEmpty() ? null : String.join(" and ", ends);
  }

  /** Who did what in a run, as {@code show} tells it. */
  public List<String> story(RunId run) {
    return trail.of(run).stream()
        .map(entry -> entry.actor() + ": " + Evidence.read(entry).describe())
        .toList();
  }

  public List<EvidenceEntry> entries(RunId run, Class<? extends Evidence> kind) {
    return trail.of(run, Evidence.kind(kind));
  }

  private static Report.BackupFacts backup(String startLsn) {
    return new Report.BackupFacts(
        "/backups/shop",
        "tar",
        "15",
        "7420000000000000001",
        Instant.parse("2026-02-27T20:00:00Z"),
        startLsn,
        1_000L,
        List.of(),
        null);
  }

  @Override
  public void close() {
    ClockUtil.reset();
    engine.close();
  }

  private final class TestClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
