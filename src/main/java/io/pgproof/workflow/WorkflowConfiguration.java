package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.audit.Waivers;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.CurrentConfiguration;
import java.time.Clock;
import javax.sql.DataSource;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes the delegates; each bean is named after the element of the process that it does. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkflowSettings.class)
class WorkflowConfiguration {

  @Bean
  Requests requests(Trail trail) {
    return new Requests(trail);
  }

  @Bean
  Withdrawals withdrawals(Trail trail) {
    return new Withdrawals(trail);
  }

  @Bean
  ProgressBoard progressBoard() {
    return new ProgressBoard();
  }

  @Bean
  Stays stays() {
    return new Stays();
  }

  @Bean
  LongWork longWork(RuntimeService runtime, WorkflowSettings settings) {
    return new LongWork(
        new Doorbell(runtime), settings.workerEndsWithin(), settings.retryCycle().split(",").length + 1);
  }

  @Bean
  Turns turns(CurrentConfiguration configuration, RuntimeService runtime, Stays stays) {
    Turns turns = new Turns(() -> configuration.get().containersAtOnce(), new RunsOnEngine(runtime, stays),
        new Doorbell(runtime));
    configuration.whenReplaced(turns::ringNext);
    return turns;
  }

  @Bean
  SpaceWatch spaceWatch(Trail trail, Sandbox sandbox, StateDirectory state, Stays stays, WorkflowSettings settings) {
    return new SpaceWatch(trail, sandbox, state, stays, settings.reserveBytes());
  }

  @Bean
  OpenTasks openTasks(DataSource database) {
    return new OpenTasks(database);
  }

  @Bean
  OwnDefinitions ownDefinitions(RepositoryService repository) {
    return new OwnDefinitions(repository);
  }

  @Bean
  Verifications verifications(RuntimeService runtime, OwnDefinitions definitions, TaskService tasks, ManagementService management,
      PlatformTransactionManager transactions, Trail trail, Withdrawals withdrawals, Requests requests,
      Clock clock, WorkflowSettings settings, LongWork work, Stays stays, Turns turns, JobExecutor jobs,
      @Qualifier("camundaTaskExecutor") TaskExecutor steps, Oversight oversight, Tell tell) {
    return new Verifications(runtime, definitions, tasks, management, new TransactionTemplate(transactions), trail, withdrawals,
        requests, clock, settings.retryCycle(), settings.workerEndsWithin(), work, stays, turns, jobs,
        (ThreadPoolTaskExecutor) steps, oversight, tell);
  }

  @Bean
  Oversight oversight(ManagementService management, JdbcTemplate jdbc, PlatformTransactionManager transactions, Clock clock,
      @Qualifier("camundaTaskExecutor") TaskExecutor steps) {
    return new Oversight(management, jdbc, new TransactionTemplate(transactions), clock, (ThreadPoolTaskExecutor) steps);
  }

  @Bean(VerifyBackup.Step.INSPECT_BACKUP)
  InspectBackup inspectBackup(Trail trail, Withdrawals withdrawals, Requests requests, LongWork work, ProgressBoard progress) {
    return new InspectBackup(trail, withdrawals, requests, work, progress);
  }

  @Bean(VerifyBackup.Step.FIND_IMAGE)
  FindImage findImage(Trail trail, Withdrawals withdrawals, Requests requests, Sandbox sandbox, ImageStore images,
      WorkflowSettings settings, LongWork work, ProgressBoard progress) {
    return new FindImage(trail, withdrawals, requests, sandbox, images, settings.buildImages(), settings.buildTimeout(), work,
        progress);
  }

  @Bean(VerifyBackup.Step.TAKE_TURN)
  TakeTurn takeTurn(Trail trail, Withdrawals withdrawals, Requests requests, Turns turns, ProgressBoard progress) {
    return new TakeTurn(trail, withdrawals, requests, turns, progress);
  }

  @Bean(VerifyBackup.Step.RESTORE_FILES)
  RestoreFiles restoreFiles(Trail trail, Withdrawals withdrawals, Requests requests, ImageStore images, Sandbox sandbox,
      StateDirectory state, WorkflowSettings settings, Stays stays, LongWork work, ProgressBoard progress) {
    return new RestoreFiles(trail, withdrawals, requests, images, sandbox, state, settings, stays, work, progress);
  }

  @Bean(VerifyBackup.Step.LOOK_AT_RESTORE)
  LookAtRestore lookAtRestore(Trail trail, Withdrawals withdrawals, RestoreFiles restoreFiles, Stays stays, LongWork work) {
    return new LookAtRestore(trail, withdrawals, restoreFiles, stays, work);
  }

  @Bean(VerifyBackup.Step.PREPARE_RECOVERY)
  PrepareRecovery prepareRecovery(Trail trail, Withdrawals withdrawals, Stays stays, ProgressBoard progress) {
    return new PrepareRecovery(trail, withdrawals, stays, progress);
  }

  @Bean(VerifyBackup.Step.CREATE_CONTAINER)
  CreateContainer createContainer(Trail trail, Withdrawals withdrawals, Sandbox sandbox, Stays stays) {
    return new CreateContainer(trail, withdrawals, sandbox, stays);
  }

  @Bean(VerifyBackup.Step.START_SERVER)
  StartServer startServer(Trail trail, Withdrawals withdrawals, Sandbox sandbox, Stays stays, LongWork work,
      ProgressBoard progress) {
    return new StartServer(trail, withdrawals, sandbox, stays, work, progress);
  }

  @Bean(VerifyBackup.Step.LOOK_AT_RECOVERY)
  LookAtRecovery lookAtRecovery(Trail trail, Withdrawals withdrawals, StartServer startServer, Stays stays, LongWork work) {
    return new LookAtRecovery(trail, withdrawals, startServer, stays, work);
  }

  @Bean(VerifyBackup.Step.RUN_CHECKS)
  RunChecks runChecks(Trail trail, Withdrawals withdrawals, Sandbox sandbox, Stays stays, LongWork work,
      ProgressBoard progress, Requests requests) {
    return new RunChecks(trail, withdrawals, sandbox, stays, work, progress, requests);
  }

  @Bean(VerifyBackup.Step.LOOK_AT_CHECKS)
  LookAtChecks lookAtChecks(Trail trail, Withdrawals withdrawals, RunChecks runChecks, Stays stays, LongWork work) {
    return new LookAtChecks(trail, withdrawals, runChecks, stays, work);
  }

  @Bean(VerifyBackup.Step.DESTROY_CONTAINER)
  DestroyContainer destroyContainer(Trail trail, Sandbox sandbox, StateDirectory state, LongWork work, ProgressBoard progress) {
    return new DestroyContainer(trail, sandbox, state, work, progress);
  }

  @Bean(VerifyBackup.Step.REMOVE_FILES)
  RemoveFiles removeFiles(Trail trail, Sandbox sandbox, StateDirectory state, Stays stays, LongWork work,
      WorkflowSettings settings, Clock clock) {
    return new RemoveFiles(trail, sandbox, state, stays, work, settings.removalTimeout(), clock);
  }

  @Bean(VerifyBackup.Step.NOTE_DEADLINE)
  NoteDeadline noteDeadline(Trail trail) {
    return new NoteDeadline(trail);
  }

  @Bean(VerifyBackup.Step.NOTE_INTERRUPTION)
  NoteInterruption noteInterruption(Trail trail) {
    return new NoteInterruption(trail);
  }

  @Bean(VerifyBackup.Step.REACH_VERDICT)
  ReachVerdict reachVerdict(Trail trail, Turns turns) {
    return new ReachVerdict(trail, turns);
  }

  @Bean(VerifyBackup.Step.RECORD_EVIDENCE)
  RecordEvidence recordEvidence(Trail trail, Verdicts verdicts, LongWork work, ProgressBoard progress, Tell tell) {
    return new RecordEvidence(trail, verdicts, work, progress, tell);
  }

  @Bean(VerifyBackup.Step.LOOK_FOR_WAIVER)
  LookForWaiver lookForWaiver(Trail trail, Requests requests, Waivers waivers, Clock clock) {
    return new LookForWaiver(trail, requests, waivers, clock);
  }

  @Bean(VerifyBackup.Step.JOIN_OPEN_TASK)
  JoinOpenTask joinOpenTask(Trail trail, OpenTasks openTasks, RuntimeService runtime) {
    return new JoinOpenTask(trail, openTasks, runtime);
  }

  @Bean(VerifyBackup.Step.REMIND_PEOPLE)
  RemindPeople remindPeople(Trail trail, Requests requests, Tell tell) {
    return new RemindPeople(trail, requests, tell);
  }

  @Bean(VerifyBackup.Step.HAND_ON_REVIEW)
  HandOnReview handOnReview(Trail trail, Requests requests) {
    return new HandOnReview(trail, requests);
  }

  @Bean(VerifyBackup.Step.ESCALATE_UNANSWERED_TASK)
  EscalateUnansweredTask escalateUnansweredTask(Trail trail, Requests requests, OpenTasks openTasks, Tell tell) {
    return new EscalateUnansweredTask(trail, requests, openTasks, tell);
  }

  @Bean(VerifyBackup.Step.VERIFY_AGAIN)
  VerifyAgain verifyAgain(Trail trail, Requests requests, ObjectProvider<Verifications> verifications) {
    return new VerifyAgain(trail, requests, verifications);
  }

  @Bean(VerifyBackup.Listener.TASK_OPENED)
  TaskOpened taskOpened(Trail trail, Requests requests, Verdicts verdicts, Clock clock, Tell tell) {
    return new TaskOpened(trail, requests, verdicts, clock, tell);
  }

  @Bean(VerifyBackup.Listener.TASK_DECIDED)
  TaskDecided taskDecided(Trail trail, Requests requests, OpenTasks openTasks, Waivers waivers, IdentityService identities,
      Clock clock, Tell tell) {
    return new TaskDecided(trail, requests, openTasks, waivers, new FourEyes(trail, requests, waivers), identities, clock, tell);
  }

  @Bean(VerifyBackup.Listener.RUN_DELETED)
  RunDeleted runDeleted(Trail trail, OpenTasks openTasks, IdentityService identities, ManagementService management, Tell tell) {
    return new RunDeleted(trail, openTasks, identities, management, tell);
  }

  @Bean
  HearOfDeletions hearOfDeletions() {
    return new HearOfDeletions();
  }
}
