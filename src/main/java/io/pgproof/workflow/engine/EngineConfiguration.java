package io.pgproof.workflow.engine;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.evidence.RunRequests;
import io.pgproof.workflow.mapping.QuickEngine;
import java.time.Clock;
import java.util.List;
import javax.sql.DataSource;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.impl.cfg.CompositeProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.cfg.ProcessEnginePlugin;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.camunda.bpm.spring.boot.starter.util.CamundaSpringBootUtil;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates what every process of this program needs of the engine. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WorkflowSettings.class)
class EngineConfiguration {

  /** Replaces the one of Camunda's starter. */
  @Bean
  static ProcessEngineConfigurationImpl engine(List<ProcessEnginePlugin> plugins) {
    QuickEngine engine = new QuickEngine();
    CamundaSpringBootUtil.initCustomFields(engine);
    engine.getProcessEnginePlugins().add(new CompositeProcessEnginePlugin(plugins));
    return engine;
  }

  @Bean
  static LoggedRuns loggedRuns() {
    return new LoggedRuns();
  }

  @Bean
  static BeanPostProcessor logContextOfTasks() {
    return LoggedRuns.endingWithTheTask();
  }

  @Bean
  static EngineHistory engineHistory(WorkflowSettings settings) {
    return new EngineHistory(settings.engineHistory(), settings.engineCleanup());
  }

  /** Runs before the job executor starts, so before a process ends. */
  @Bean
  ApplicationRunner historyOfThisLength(EngineHistory history, RepositoryService repository) {
    return arguments -> history.apply(repository);
  }

  @Bean
  RunRequests runRequests(EvidenceLog evidenceLog) {
    return new RunRequests(evidenceLog);
  }

  @Bean
  OpenTasks openTasks(DataSource database) {
    return new OpenTasks(database);
  }

  @Bean
  BackgroundWork backgroundWork(RuntimeService runtime, WorkflowSettings settings) {
    return new BackgroundWork(
        new MessageSignal(runtime),
        settings.workerEndsWithin(),
        settings.retryCycle().split(",").length + 1);
  }

  @Bean
  OwnDefinitions ownDefinitions(RepositoryService repository) {
    return new OwnDefinitions(repository);
  }

  @Bean
  EngineWatchdog engineWatchdog(
      ManagementService management,
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      Clock clock,
      @Qualifier("camundaTaskExecutor") TaskExecutor steps) {
    return new EngineWatchdog(
        management,
        jdbc,
        new TransactionTemplate(transactions),
        clock,
        (ThreadPoolTaskExecutor) steps);
  }

  @Bean
  SuspendedProcesses suspendedProcesses(
      OwnDefinitions definitions, RepositoryService repository, ManagementService management) {
    return new SuspendedProcesses(definitions, repository, management);
  }

  @Bean
  JobQueue jobQueue(JobExecutor executor, JdbcTemplate jdbc, Clock clock) {
    return new JobQueue(executor, jdbc, clock);
  }

  @Bean
  OpenIncidents openIncidents(RuntimeService runtime) {
    return new OpenIncidents(runtime);
  }

  @Bean
  RunPaths runPaths(HistoryService history) {
    return new RunPaths(history);
  }

  @Bean
  ProgressBoard progressBoard() {
    return new ProgressBoard();
  }

  @Bean
  Cancellations cancellations(EvidenceLog evidenceLog) {
    return new Cancellations(evidenceLog);
  }
}
