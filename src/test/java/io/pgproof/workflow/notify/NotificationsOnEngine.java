package io.pgproof.workflow.notify;

import io.pgproof.TestEnvironment;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.audit.Waivers;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.PersonIds;
import io.pgproof.evidence.RunProjection;
import io.pgproof.evidence.RunRequests;
import io.pgproof.notify.Messenger;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Mail;
import io.pgproof.target.Notifications;
import io.pgproof.target.Plan;
import io.pgproof.target.Recipient;
import io.pgproof.target.Schedule;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.SummarySettings;
import io.pgproof.target.Target;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.attempt.ActiveRuns;
import io.pgproof.workflow.attempt.RestoreAttempts;
import io.pgproof.workflow.attempt.WholeEvidence;
import io.pgproof.workflow.decide.EscalateUnansweredTask;
import io.pgproof.workflow.decide.FourEyesRule;
import io.pgproof.workflow.decide.PeopleOnEngine;
import io.pgproof.workflow.decide.RemindPeople;
import io.pgproof.workflow.decide.TaskDecided;
import io.pgproof.workflow.decide.TaskOpened;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.EngineWatchdog;
import io.pgproof.workflow.engine.MessageSignal;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.RecurringProcess;
import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.FakeSteps;
import io.pgproof.workflow.model.ModelCoverage;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.turn.ContainerSlots;
import io.pgproof.workflow.verify.ReachVerdict;
import io.pgproof.workflow.verify.RecordEvidence;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.jobexecutor.ExecuteJobHelper;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutorContext;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The processes that tell people, with their real delegates, on an engine whose transactions are
 * those of the trail; no job runs unless a test runs it.
 */
public final class NotificationsOnEngine implements AutoCloseable {
  static final String RETRY_CYCLE = "PT10S,PT1M";

  private static final Instant BEGIN = Instant.parse("2026-03-01T03:00:00Z");

  public final SpringProcessEngineConfiguration settings = new SpringProcessEngineConfiguration();
  final CurrentConfiguration configuration = new CurrentConfiguration(Configuration.none());
  final ProcessEngine engine;
  final JdbcTemplate jdbc;
  public final EvidenceLog trail;
  final VerdictHistory verdicts;
  final Notifier tell;
  final NotificationComposer messages;
  final SummaryPlanner summaries;
  final FakeSteps steps = new FakeSteps();

  private final JdbcConnectionPool pool;
  private final TransactionTemplate transactions;
  private Instant now = BEGIN;

  /** Of the evidence log. */
  String checkpoint;

  final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  public NotificationsOnEngine() {
    this("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
  }

  public NotificationsOnEngine(String url) {
    pool = JdbcConnectionPool.create(url, "sa", "");
    Flyway.configure()
        .dataSource(pool)
        .locations("classpath:db/migration/h2")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load()
        .migrate();
    DataSourceTransactionManager manager = new DataSourceTransactionManager(pool);
    transactions = new TransactionTemplate(manager);
    jdbc = new JdbcTemplate(pool);
    trail = new EvidenceLog(new TransactionAwareDataSourceProxy(pool), clock);
    verdicts = new VerdictHistory(pool, clock);
    messages =
        new NotificationComposer(trail, verdicts, clock, () -> Optional.ofNullable(checkpoint));
    Map<Object, Object> beans = steps.beans();
    settings.setProcessEngineName("telling-" + UUID.randomUUID());
    settings.setDataSource(pool);
    settings.setTransactionManager(manager);
    settings.setDatabaseSchemaUpdate("true");
    settings.setBeans(beans);
    settings.setHistory("full");
    settings.setCustomPreBPMNParseListeners(List.of(new ModelCoverage()));
    settings.setJobExecutorActivate(false);
    settings.setEnableExceptionsAfterUnhandledBpmnError(true);
    settings.setEnableCmdExceptionLogging(false);
    engine = settings.buildProcessEngine();
    OwnDefinitions definitions = new OwnDefinitions(engine.getRepositoryService());
    tell =
        new Notifier(
            engine.getRuntimeService(), definitions, configuration, trail, messages, RETRY_CYCLE);
    summaries =
        new SummaryPlanner(
            new RecurringProcess(
                engine.getRuntimeService(),
                definitions,
                clock,
                DailySummary.PROCESS,
                DailySummary.Event.SUMMARY_DUE,
                RETRY_CYCLE),
            configuration);
    NotificationSender notificationSender =
        new NotificationSender(new Messenger(clock), configuration, trail);
    beans.put(TellSomebody.Step.TELL_RECIPIENT, new TellRecipient(notificationSender));
    beans.put(
        TellSomebody.Step.TELL_AFTER_MENDING,
        new TellAfterMending(notificationSender, engine.getManagementService()));
    beans.put(DailySummary.Step.PLAN_NEXT_SUMMARY, new PlanNextSummary(summaries));
    DailyReportBuilder dailyReportBuilder =
        new DailyReportBuilder(
            trail,
            verdicts,
            configuration,
            engine.getRepositoryService(),
            engine.getRuntimeService(),
            engine.getTaskService());
    beans.put(DailySummary.Step.SUM_UP_DAY, new SumUpDay(dailyReportBuilder, tell, clock));
    RunRequests runRequests = new RunRequests(trail);
    OpenTasks openTasks = new OpenTasks(pool);
    Waivers waivers = new Waivers(pool);
    beans.put(
        VerifyBackup.Step.REACH_VERDICT,
        new ReachVerdict(
            trail,
            new ContainerSlots(
                () -> 1,
                new ActiveRuns(engine.getRuntimeService(), new RestoreAttempts()),
                new MessageSignal(engine.getRuntimeService()))));
    beans.put(
        VerifyBackup.Step.RECORD_EVIDENCE,
        new RecordEvidence(
            trail,
            verdicts,
            new BackgroundWork(
                new MessageSignal(engine.getRuntimeService()), Duration.ofSeconds(30), 3),
            new ProgressBoard(),
            tell));
    beans.put(
        VerifyBackup.Listener.TASK_DECIDED,
        new TaskDecided(
            trail,
            runRequests,
            openTasks,
            waivers,
            new FourEyesRule(trail, runRequests, waivers, new PersonIds(Map.of())),
            engine.getIdentityService(),
            clock,
            tell,
            new BoundedRecorder(trail, clock)));
    beans.put(
        VerifyBackup.Listener.TASK_OPENED,
        new TaskOpened(trail, runRequests, verdicts, clock, tell));
    beans.put(VerifyBackup.Step.REMIND_PEOPLE, new RemindPeople(trail, runRequests, tell));
    beans.put(
        VerifyBackup.Step.ESCALATE_UNANSWERED_TASK,
        new EscalateUnansweredTask(trail, runRequests, openTasks, tell));
    engine
        .getRepositoryService()
        .createDeployment()
        .name("telling")
        .enableDuplicateFiltering(true)
        .addClasspathResource(TellSomebody.MODEL)
        .addClasspathResource(DailySummary.MODEL)
        .addClasspathResource(VerifyBackup.MODEL)
        .addClasspathResource("bpmn/review-stale-backup.form")
        .addClasspathResource("bpmn/approve-escalation.form")
        .deploy();
    pass(0);
  }

  @Override
  public void close() {
    ClockUtil.reset();
    engine.close();
    pool.dispose();
  }

  /** Forgets all that was, for the next test. */
  void forget() {
    engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .list()
        .forEach(
            instance ->
                engine.getRuntimeService().deleteProcessInstance(instance.getId(), "test over"));
    engine
        .getHistoryService()
        .createHistoricProcessInstanceQuery()
        .list()
        .forEach(
            instance -> engine.getHistoryService().deleteHistoricProcessInstance(instance.getId()));
    jdbc.execute("set referential_integrity false");
    jdbc.execute("truncate table pgproof_evidence");
    jdbc.execute("set referential_integrity true");
    jdbc.execute("truncate table pgproof_verdict");
    jdbc.execute("delete from pgproof_open_task");
    steps.forget();
    now = BEGIN;
    checkpoint = null;
    pass(0);
  }

  Instant now() {
    return now;
  }

  public void pass(long seconds) {
    now = now.plusSeconds(seconds);
    ClockUtil.setCurrentTime(Date.from(now));
  }

  /**
   * The target {@code shop}, due at three each night; these recipients are told of it, and at seven
   * how all stand.
   */
  void configure(Mail mail, Recipient... recipients) {
    List<String> names = List.of(recipients).stream().map(Recipient::name).toList();
    configure(
        new Notifications(
            Optional.ofNullable(mail),
            List.of(recipients),
            Optional.of(
                new SummarySettings(LocalTime.of(7, 0), ZoneId.of("Europe/Berlin"), names))),
        names);
  }

  void configure(Notifications notifications, List<String> names) {
    Plan plan = new Plan(Optional.of(new Schedule("0 3 * * *", ZoneOffset.UTC)), false, names);
    configuration.replace(
        new Configuration(
            Path.of("/etc/pgproof.yaml"),
            2,
            notifications,
            List.of(
                new Target("shop", Path.of("/backups/shop"), Settings.NONE, plan),
                new Target("silent", Path.of("/backups/silent"), Settings.NONE, Plan.NONE))));
  }

  /** The file changed, and lists no target any more. */
  void listNoTarget() {
    configuration.replace(
        new Configuration(
            Path.of("/etc/pgproof.yaml"), 2, configuration.get().telling(), List.of()));
  }

  /** A run of this target, or of none, that was asked for now. */
  public RunId asked(String target) {
    RunId run = RunId.at(now);
    new Evidence.Asked(
            target == null
                ? TestEnvironment.request(Path.of("/backups/shop"))
                : configuration.target(target).orElseThrow().request("tester"),
            null)
        .record(trail, run);
    return run;
  }

  /** The same, and it found that a WAL segment is missing. */
  RunId found(String target) {
    RunId run = asked(target);
    new Evidence.Found(Finding.of(Reason.WAL_MISSING, "segment 0000B is not there"))
        .record(trail, run);
    return run;
  }

  /**
   * A run of this target that found this, or nothing, and recorded its verdict without telling it.
   */
  RunId ended(String target, Reason reason) {
    RunId run = asked(target);
    WholeEvidence.record(
        trail,
        run,
        RunProjection.of(trail.of(run)).asked().request(),
        PeopleOnEngine.MONDAY,
        now,
        Duration.ofHours(reason == Reason.TOO_OLD ? 30 : 20));
    if (reason != null) {
      new Evidence.Found(
              Finding.of(reason, "segment 0000B is not there", "FATAL:  it is not there"))
          .record(trail, run);
    }
    recordVerdict(run);
    return run;
  }

  /** A proven run of {@code shop} with an objective for its restore, which took so long. */
  RunId restored(Duration objective, Duration restore) {
    RunId run = RunId.at(now);
    VerificationRequest request =
        Settings.NONE
            .with(Setting.RTO_OBJECTIVE, objective)
            .request(Optional.of("shop"), Path.of("/backups/shop"), "tester");
    new Evidence.Asked(request, null).record(trail, run);
    for (Evidence evidence :
        WholeEvidence.of(request, PeopleOnEngine.MONDAY, now, Duration.ofHours(20)).values()) {
      if (evidence instanceof Evidence.Restored) {
        pass(restore.toSeconds());
      }
      evidence.record(trail, run);
    }
    recordVerdict(run);
    return run;
  }

  private void recordVerdict(RunId run) {
    RunProjection story = RunProjection.of(trail.of(run));
    Report report = story.report(run.value());
    new Evidence.VerdictReached(report).record(trail, run);
    verdicts.add(
        OpenTasks.backupKey(story.asked().request()), run, report.verdict(), report.reason());
  }

  /** The same, and it is told. */
  RunId told(String target, Reason reason) {
    return inTransaction(
        () -> {
          RunId run = ended(target, reason);
          tell.notify(new NotificationEvent.Ended(run));
          return run;
        });
  }

  /** Watches over these processes from now on. */
  EngineWatchdog oversight() {
    return new EngineWatchdog(
        engine.getManagementService(), jdbc, transactions, clock, new ThreadPoolTaskExecutor());
  }

  <T> T inTransaction(Supplier<T> work) {
    return transactions.execute(transaction -> work.get());
  }

  /**
   * The jobs of this process that are no timers, have retries left and are not suspended, the
   * oldest first.
   */
  List<Job> jobs(String process) {
    return engine
        .getManagementService()
        .createJobQuery()
        .processDefinitionKey(process)
        .messages()
        .active()
        .withRetriesLeft()
        .list()
        .stream()
        .sorted(Comparator.comparing(Job::getCreateTime))
        .toList();
  }

  /** Lets so much time pass, and all happen that falls due by it. */
  void wait(String process, long seconds) {
    pass(seconds);
    engine
        .getManagementService()
        .createJobQuery()
        .processDefinitionKey(process)
        .timers()
        .executable()
        .list()
        .forEach(this::execute);
    work(process);
  }

  Job timer() {
    return engine
        .getManagementService()
        .createJobQuery()
        .processDefinitionKey(DailySummary.PROCESS)
        .timers()
        .singleResult();
  }

  /** Runs one job as the job executor does; what it throws is seen in its retries. */
  void execute(Job job) {
    Context.setJobExecutorContext(new JobExecutorContext());
    try {
      ExecuteJobHelper.executeJob(job.getId(), settings.getCommandExecutorTxRequired());
    } catch (RuntimeException failure) {
      // As the job executor does, which only logs it.
    } finally {
      Context.removeJobExecutorContext();
    }
  }

  /** Runs each job of this process until none has retries left. */
  public void work(String process) {
    for (List<Job> jobs = jobs(process); !jobs.isEmpty(); jobs = jobs(process)) {
      execute(jobs.get(0));
    }
  }

  List<Incident> incidents() {
    return engine.getRuntimeService().createIncidentQuery().list();
  }

  /** What a person does with an incident in Cockpit. */
  void retry(Incident incident) {
    engine.getManagementService().setJobRetries(incident.getConfiguration(), 1);
    work(TellSomebody.PROCESS);
  }

  long underway(String process) {
    return engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processDefinitionKey(process)
        .count();
  }

  /** Ends that were reached by instances of this process, in the order of time. */
  List<String> ends(String process) {
    List<String> ends = new ArrayList<>();
    for (HistoricActivityInstance end :
        engine
            .getHistoryService()
            .createHistoricActivityInstanceQuery()
            .activityType("noneEndEvent")
            .orderByHistoricActivityInstanceStartTime()
            .asc()
            .list()) {
      if (end.getProcessDefinitionKey().equals(process)) {
        ends.add(end.getActivityId());
      }
    }
    return ends;
  }

  /** What the trail of a run says of telling. */
  List<Evidence> telling(RunId run) {
    return trail.of(run).stream()
        .map(Evidence::read)
        .filter(
            evidence -> evidence instanceof Evidence.Told || evidence instanceof Evidence.NotTold)
        .toList();
  }

  /** Whatever this delegate does, it is undone once at its very end. */
  void failAfter(String step) {
    JavaDelegate real = (JavaDelegate) settings.getBeans().get(step);
    settings
        .getBeans()
        .put(
            step,
            new JavaDelegate() {
              @Override
              public void execute(DelegateExecution execution) throws Exception {
                real.execute(execution);
                settings.getBeans().put(step, real);
                throw new IllegalStateException("the database was gone for a moment");
              }
            });
  }

  /**
   * Starts a verification of this run that ends in this verdict, and works until a person is asked.
   */
  void verify(RunId run, String verdict) {
    begin(run, verdict);
    work(VerifyBackup.PROCESS);
  }

  /** The same without working. */
  public void begin(RunId run, String verdict) {
    Map<String, Object> variables =
        new HashMap<>(
            Map.of(
                "retryCycle",
                "PT5S",
                "pause",
                "PT1S",
                "deadline",
                "PT6H",
                "attempt",
                0,
                "interrupted",
                false,
                "withdrawn",
                false,
                "verdict",
                verdict,
                "inspected",
                false));
    variables.put(VerifyBackup.Variable.CONTROL, false);
    variables.put(VerifyBackup.Variable.JOINED, false);
    variables.put(VerifyBackup.Variable.WAIVED, false);
    variables.put(VerifyBackup.Variable.REMIND_AFTER, "PT4H");
    variables.put(VerifyBackup.Variable.ESCALATE_AFTER, "PT24H");
    variables.put(VerifyBackup.Variable.RUN, run.value());
    variables.put(
        VerifyBackup.Variable.TELL, tell.names(RunProjection.of(trail.of(run)).asked().request()));
    variables.put(
        VerifyBackup.Variable.TARGET,
        RunProjection.of(trail.of(run)).asked().request().target().orElse(null));
    steps.script(VerifyBackup.Step.INSPECT_BACKUP, FakeSteps.error(VerifyBackup.ErrorCode.FINDING));
    engine
        .getRuntimeService()
        .startProcessInstanceByKey(VerifyBackup.PROCESS, run.value(), variables);
  }
}
