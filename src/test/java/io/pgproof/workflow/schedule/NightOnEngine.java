package io.pgproof.workflow.schedule;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.OneStateDirectory;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunRequests;
import io.pgproof.proof.RunId;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.attempt.ActiveRuns;
import io.pgproof.workflow.attempt.RestoreAttempts;
import io.pgproof.workflow.attempt.WholeEvidence;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.EngineWatchdog;
import io.pgproof.workflow.engine.MessageSignal;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.model.FakeSteps;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.ModelCoverage;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.NotificationComposer;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.turn.ContainerSlots;
import io.pgproof.workflow.turn.TakeTurn;
import io.pgproof.workflow.verify.ReachVerdict;
import io.pgproof.workflow.verify.RecordEvidence;
import io.pgproof.workflow.verify.VerificationLifecycle;
import io.pgproof.workflow.verify.Verifications;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.JobQuery;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Schedules, turns and the watch as they are, on an engine and a trail that share their
 * transactions as in the program; the other steps of a verification are fake, and no job runs
 * unless a test runs it. All share one engine, which each finds empty.
 */
public final class NightOnEngine implements AutoCloseable {
  private static final Instant BEGAN = Instant.parse("2026-03-01T00:30:00Z");
  public static final String STATE = "night";
  private static final Clock CLOCK = new EngineClock();
  private static final Map<Object, Object> BEANS = new ConcurrentHashMap<>();
  private static final JdbcConnectionPool DATABASE =
      JdbcConnectionPool.create(
          "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
  private static final DataSourceTransactionManager MANAGER =
      new DataSourceTransactionManager(DATABASE);
  private static final ProcessEngine ENGINE = buildEngine();

  public final FakeSteps steps = new FakeSteps();
  public final CurrentConfiguration configuration = new CurrentConfiguration(Configuration.none());
  public final ProgressBoard progress = new ProgressBoard();
  final RestoreAttempts stays = new RestoreAttempts();
  public final ProcessEngine engine = ENGINE;
  public final DataSource database = DATABASE;
  public final Clock clock = CLOCK;
  public final EvidenceLog trail;
  public final OwnDefinitions definitions = new OwnDefinitions(ENGINE.getRepositoryService());
  public final SchedulePlanner schedules;
  final BackupWatcher watch;
  public ContainerSlots turns;
  public Verifications verifications;
  public VerificationLifecycle lifecycle;
  public final TransactionTemplate transactions = new TransactionTemplate(MANAGER);
  public final Cancellations cancellations;
  private final RunRequests runRequests;
  public final BackgroundWork work;
  final VerdictHistory verdicts = new VerdictHistory(DATABASE, CLOCK);
  public final Notifier notifier;
  public Controls controls;

  public NightOnEngine() {
    ClockUtil.setCurrentTime(Date.from(BEGAN));
    // Statements refuse to take evidence away, so all of it goes at once.
    new JdbcTemplate(DATABASE).execute("set referential_integrity false");
    new JdbcTemplate(DATABASE).execute("truncate table pgproof_evidence restart identity");
    new JdbcTemplate(DATABASE).execute("set referential_integrity true");
    new JdbcTemplate(DATABASE).execute("truncate table pgproof_verdict restart identity");
    new JdbcTemplate(DATABASE).update("delete from pgproof_state_directory");
    OneStateDirectory.claim(DATABASE, STATE, "here", "");
    engine
        .getRepositoryService()
        .createDeploymentQuery()
        .list()
        .forEach(old -> engine.getRepositoryService().deleteDeployment(old.getId(), true));
    engine
        .getRepositoryService()
        .createDeployment()
        .addClasspathResource(VerifyBackup.MODEL)
        .addClasspathResource(KeepSchedule.MODEL)
        .addClasspathResource(NegativeControl.MODEL)
        .addClasspathResource(TellSomebody.MODEL)
        .addClasspathResource("bpmn/review-stale-backup.form")
        .addClasspathResource("bpmn/approve-escalation.form")
        .deploy();
    trail = new EvidenceLog(DATABASE, CLOCK);
    cancellations = new Cancellations(trail);
    runRequests = new RunRequests(trail);
    work =
        new BackgroundWork(
            new MessageSignal(engine.getRuntimeService()), Duration.ofSeconds(30), 3);
    BEANS.putAll(steps.beans());
    WholeEvidence.recordedBy(BEANS, trail);
    notifier =
        new Notifier(
            engine.getRuntimeService(),
            definitions,
            configuration,
            trail,
            new NotificationComposer(trail, verdicts, CLOCK, Optional::empty),
            "PT5S,PT30S");
    beginAnew();
    schedules =
        new SchedulePlanner(
            engine.getRuntimeService(),
            definitions,
            engine.getManagementService(),
            transactions,
            configuration,
            CLOCK,
            "PT5S,PT30S");
    watch = new BackupWatcher(trail, verdicts, configuration, verifications, Duration.ofMinutes(1));
    BEANS.put(
        KeepSchedule.Step.BEGIN_DUE_VERIFICATION,
        new BeginDueVerification(trail, configuration, schedules, verifications, CLOCK, notifier));
    BEANS.put(
        KeepSchedule.Step.BEGIN_DUE_CONTROL,
        new BeginDueControl(trail, configuration, schedules, controls, CLOCK));
  }

  private static ProcessEngine buildEngine() {
    Flyway.configure().dataSource(DATABASE).locations("classpath:db/migration/h2").load().migrate();
    SpringProcessEngineConfiguration settings = new SpringProcessEngineConfiguration();
    settings.setProcessEngineName("night");
    settings.setDataSource(DATABASE);
    settings.setTransactionManager(MANAGER);
    settings.setDatabaseSchemaUpdate("true");
    settings.setJobExecutorActivate(false);
    settings.setHistory("full");
    settings.setCustomPreBPMNParseListeners(List.of(new ModelCoverage()));
    settings.setBeans(BEANS);
    return settings.buildProcessEngine();
  }

  /** Executes the steps of this name with this delegate. */
  public void execute(String step, JavaDelegate delegate) {
    BEANS.put(step, delegate);
  }

  /** What a process that starts has in its memory. */
  public void beginAnew() {
    turns =
        new ContainerSlots(
            () -> configuration.get().containersAtOnce(),
            new ActiveRuns(engine.getRuntimeService(), stays),
            new MessageSignal(engine.getRuntimeService()));
    verifications =
        new Verifications(
            engine.getRuntimeService(),
            definitions,
            engine.getTaskService(),
            engine.getManagementService(),
            transactions,
            trail,
            cancellations,
            runRequests,
            CLOCK,
            "PT5S,PT30S",
            work,
            turns,
            notifier);
    controls =
        new Controls(
            engine.getRuntimeService(),
            definitions,
            transactions,
            DATABASE,
            trail,
            cancellations,
            work,
            verifications,
            CLOCK,
            "PT5S,PT30S");
    lifecycle =
        new VerificationLifecycle(
            engine.getRuntimeService(),
            transactions,
            runRequests,
            work,
            stays,
            turns,
            new EngineWatchdog(
                engine.getManagementService(),
                new JdbcTemplate(DATABASE),
                transactions,
                CLOCK,
                null),
            null,
            null,
            Duration.ofSeconds(30));
    BEANS.put(
        VerifyBackup.Step.TAKE_TURN,
        new TakeTurn(trail, cancellations, runRequests, turns, progress));
    BEANS.put(VerifyBackup.Step.REACH_VERDICT, new ReachVerdict(trail, turns));
    BEANS.put(
        VerifyBackup.Step.RECORD_EVIDENCE,
        new RecordEvidence(trail, verdicts, work, progress, notifier));
  }

  private static final class EngineClock extends Clock {
    @Override
    public Instant instant() {
      return ClockUtil.getCurrentTime().toInstant();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public void close() {
    turns.close();
    watch.close();
    work.close();
    ClockUtil.reset();
  }

  public static Target target(String name, String cron) {
    return new Target(
        name,
        Path.of("/backups", name),
        Settings.NONE,
        new Plan(Optional.of(new Schedule(cron, ZoneOffset.UTC)), false, List.of()));
  }

  public void configure(int containersAtOnce, Target... targets) {
    configuration.replace(
        new Configuration(
            Path.of("pgproof.yaml"), containersAtOnce, Notifications.NONE, Arrays.asList(targets)));
  }

  public RunId ask(String target) {
    return verifications.beginUnseen(request(target), null, Optional.empty());
  }

  private static VerificationRequest request(String target) {
    return Settings.NONE.request(Optional.of(target), Path.of("/backups", target), "olga");
  }

  public void at(String time) {
    ClockUtil.setCurrentTime(Date.from(Instant.parse(time)));
  }

  /** Runs every job that is due, until none is; failing ones as often as they may. */
  public void work() {
    JobQuery query = engine.getManagementService().createJobQuery().executable().active();
    for (List<Job> due = query.list(); !due.isEmpty(); due = query.list()) {
      for (Job job : due) {
        try {
          engine.getManagementService().executeJob(job.getId());
        } catch (RuntimeException fault) {
          // What a fault leads to is seen in the job's retries and the incidents.
        }
      }
    }
  }

  /** Correlates what ends the waits of a stay, up to its verdict. */
  public void prove(RunId run) {
    for (String message :
        List.of(
            VerifyBackup.Message.RESTORE_ENDED,
            VerifyBackup.Message.RECOVERY_ENDED,
            VerifyBackup.Message.CHECKS_ENDED)) {
      engine
          .getRuntimeService()
          .createMessageCorrelation(message)
          .processInstanceBusinessKey(run.value())
          .correlate();
      workOn(run);
    }
  }

  /** Runs all jobs of a run that are no timers. */
  public void workOn(RunId run) {
    JobQuery query =
        engine.getManagementService().createJobQuery().processInstanceId(instance(run)).messages();
    for (List<Job> jobs = query.list(); !jobs.isEmpty(); jobs = query.list()) {
      jobs.forEach(job -> engine.getManagementService().executeJob(job.getId()));
    }
  }

  public String instance(RunId run) {
    return engine
        .getHistoryService()
        .createHistoricProcessInstanceQuery()
        .processInstanceBusinessKey(run.value())
        .singleResult()
        .getId();
  }

  /** Where a run stands, scopes left out; empty once it has ended. */
  public List<String> standing(RunId run) {
    return engine
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .processInstanceId(instance(run))
        .unfinished()
        .list()
        .stream()
        .filter(activity -> !activity.getActivityType().endsWith("rocess"))
        .map(activity -> activity.getActivityId())
        .toList();
  }

  /** Everything that happened in a run, in words. */
  public List<String> told(RunId run) {
    return trail.of(run).stream().map(entry -> Evidence.read(entry).describe()).toList();
  }

  /** Runs that were asked for, the oldest first. */
  List<RunId> runs() {
    return trail.latest(Evidence.kind(Evidence.Asked.class), 100).stream()
        .sorted((a, b) -> Long.compare(a.id(), b.id()))
        .map(EvidenceEntry::run)
        .toList();
  }

  List<ProcessInstance> planned() {
    return engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processDefinitionKey(KeepSchedule.PROCESS)
        .list();
  }

  /** When this target is to be verified. */
  Instant due(String target) {
    return due(target, DueWork.VERIFICATION);
  }

  Instant due(String target, DueWork work) {
    ProcessInstance instance =
        engine
            .getRuntimeService()
            .createProcessInstanceQuery()
            .processDefinitionKey(KeepSchedule.PROCESS)
            .processInstanceBusinessKey(target)
            .variableValueEquals(KeepSchedule.Variable.WORK, work.value())
            .singleResult();
    Instant due =
        engine
            .getManagementService()
            .createJobQuery()
            .processInstanceId(instance.getId())
            .singleResult()
            .getDuedate()
            .toInstant();
    Date variable =
        (Date) engine.getRuntimeService().getVariable(instance.getId(), KeepSchedule.Variable.DUE);
    if (!variable.toInstant().equals(due)) {
      throw new AssertionError("the variable says " + variable + " and the timer " + due);
    }
    return due;
  }

  /** Ends that instances of the schedule have reached, the first one first. */
  List<String> ends() {
    return engine
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .activityType("noneEndEvent")
        .orderByHistoricActivityInstanceEndTime()
        .asc()
        .list()
        .stream()
        .filter(end -> end.getProcessDefinitionKey().equals(KeepSchedule.PROCESS))
        .map(HistoricActivityInstance::getActivityId)
        .toList();
  }
}
