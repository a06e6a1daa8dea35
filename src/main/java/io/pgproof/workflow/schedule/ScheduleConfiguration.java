package io.pgproof.workflow.schedule;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.ServerOnlyJobs;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Creates what verifies targets automatically; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class ScheduleConfiguration {

  @Bean
  SchedulePlanner schedulePlanner(
      RuntimeService runtime,
      OwnDefinitions definitions,
      ManagementService management,
      PlatformTransactionManager transactions,
      CurrentConfiguration configuration,
      Clock clock,
      WorkflowSettings settings) {
    return new SchedulePlanner(
        runtime,
        definitions,
        management,
        new TransactionTemplate(transactions),
        configuration,
        clock,
        settings.retryCycle());
  }

  @Bean(KeepSchedule.Step.BEGIN_DUE_VERIFICATION)
  BeginDueVerification beginDueVerification(
      EvidenceLog evidenceLog,
      CurrentConfiguration configuration,
      SchedulePlanner schedulePlanner,
      Verifications verifications,
      Clock clock,
      Notifier notifier) {
    return new BeginDueVerification(
        evidenceLog, configuration, schedulePlanner, verifications, clock, notifier);
  }

  @Bean(KeepSchedule.Step.BEGIN_DUE_CONTROL)
  BeginDueControl beginDueControl(
      EvidenceLog evidenceLog,
      CurrentConfiguration configuration,
      SchedulePlanner schedulePlanner,
      Controls controls,
      Clock clock) {
    return new BeginDueControl(evidenceLog, configuration, schedulePlanner, controls, clock);
  }

  @Bean
  DueTimes dueTimes(RuntimeService runtime) {
    return new DueTimes(runtime);
  }

  @Bean
  BackupWatcher backupWatcher(
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      CurrentConfiguration configuration,
      Verifications verifications,
      WorkflowSettings settings) {
    return new BackupWatcher(
        evidenceLog, verdictHistory, configuration, verifications, settings.watchEvery());
  }

  /**
   * Runs before the job executor starts, because the job executor waits until the application is
   * ready.
   */
  @Bean
  ApplicationRunner keepSchedulesOnlyWhileServing(
      ManagementService management,
      SchedulePlanner schedulePlanner,
      CurrentConfiguration configuration,
      Environment environment) {
    return arguments -> {
      boolean serving = environment.acceptsProfiles(Profiles.of("serve"));
      ServerOnlyJobs.setActive(management, KeepSchedule.PROCESS, serving);
      if (serving) {
        schedulePlanner.reconcile();
        configuration.onReplaced(schedulePlanner::reconcile);
      }
    };
  }
}
