package io.pgproof.workflow.notify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.notify.Messenger;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.RecurringProcess;
import io.pgproof.workflow.engine.ServerOnlyJobs;
import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.TellSomebody;
import java.time.Clock;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/** Creates what notifies people; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(NotificationSettings.class)
class NotificationConfiguration {

  @Bean
  Notifier notifier(
      RuntimeService runtime,
      OwnDefinitions definitions,
      CurrentConfiguration configuration,
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      EvidenceSequencer sequencer,
      Clock clock,
      NotificationSettings settings) {
    return new Notifier(
        runtime,
        definitions,
        configuration,
        evidenceLog,
        new NotificationComposer(evidenceLog, verdictHistory, clock, sequencer::checkpoint),
        settings.retryCycle());
  }

  @Bean
  NotificationSender notificationSender(
      CurrentConfiguration configuration, EvidenceLog evidenceLog, Clock clock) {
    return new NotificationSender(new Messenger(clock), configuration, evidenceLog);
  }

  @Bean(TellSomebody.Step.TELL_RECIPIENT)
  TellRecipient tellRecipient(NotificationSender notificationSender) {
    return new TellRecipient(notificationSender);
  }

  @Bean(TellSomebody.Step.TELL_AFTER_MENDING)
  TellAfterMending tellAfterMending(
      NotificationSender notificationSender, ManagementService management) {
    return new TellAfterMending(notificationSender, management);
  }

  @Bean
  SummaryPlanner summaryPlanner(
      RuntimeService runtime,
      OwnDefinitions definitions,
      CurrentConfiguration configuration,
      Clock clock,
      NotificationSettings settings) {
    return new SummaryPlanner(
        new RecurringProcess(
            runtime,
            definitions,
            clock,
            DailySummary.PROCESS,
            DailySummary.Event.SUMMARY_DUE,
            settings.retryCycle()),
        configuration);
  }

  @Bean(DailySummary.Step.PLAN_NEXT_SUMMARY)
  PlanNextSummary planNextSummary(SummaryPlanner summaryPlanner) {
    return new PlanNextSummary(summaryPlanner);
  }

  @Bean(DailySummary.Step.SUM_UP_DAY)
  SumUpDay sumUpDay(
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      CurrentConfiguration configuration,
      RepositoryService repository,
      RuntimeService runtime,
      TaskService tasks,
      Notifier notifier,
      Clock clock) {
    return new SumUpDay(
        new DailyReportBuilder(
            evidenceLog, verdictHistory, configuration, repository, runtime, tasks),
        notifier,
        clock);
  }

  /**
   * Runs before the job executor starts, because the job executor waits until the application is
   * ready.
   */
  @Bean
  ApplicationRunner tellOnlyWhileServing(
      ManagementService management,
      SummaryPlanner summaryPlanner,
      CurrentConfiguration configuration,
      Environment environment) {
    return arguments -> {
      boolean serving = environment.acceptsProfiles(Profiles.of("serve"));
      ServerOnlyJobs.setActive(management, TellSomebody.PROCESS, serving);
      ServerOnlyJobs.setActive(management, DailySummary.PROCESS, serving);
      if (serving) {
        summaryPlanner.plan();
        configuration.onReplaced(summaryPlanner::plan);
      }
    };
  }
}
