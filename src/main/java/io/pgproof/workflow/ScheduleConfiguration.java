package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.target.CurrentConfiguration;
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

/** Makes what verifies targets by itself; the delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class ScheduleConfiguration {

  @Bean
  Schedules schedules(RuntimeService runtime, OwnDefinitions definitions, ManagementService management,
      PlatformTransactionManager transactions, CurrentConfiguration configuration, Clock clock, WorkflowSettings settings) {
    return new Schedules(runtime, definitions, management, new TransactionTemplate(transactions), configuration, clock,
        settings.retryCycle());
  }

  @Bean(KeepSchedule.Step.BEGIN_DUE_VERIFICATION)
  BeginDueVerification beginDueVerification(Trail trail, CurrentConfiguration configuration, Schedules schedules,
      Verifications verifications, Clock clock, Tell tell) {
    return new BeginDueVerification(trail, configuration, schedules, verifications, clock, tell);
  }

  @Bean
  BackupWatch backupWatch(Trail trail, Verdicts verdicts, CurrentConfiguration configuration, Verifications verifications,
      WorkflowSettings settings) {
    return new BackupWatch(trail, verdicts, configuration, verifications, settings.watchEvery());
  }

  /** Runs before the job executor starts, which waits until the application is ready. */
  @Bean
  ApplicationRunner keepSchedulesOnlyWhileServing(ManagementService management, Schedules schedules,
      CurrentConfiguration configuration, Environment environment) {
    return arguments -> {
      boolean serving = environment.acceptsProfiles(Profiles.of("serve"));
      OnlyServed.let(management, KeepSchedule.PROCESS, serving);
      if (serving) {
        schedules.reconcile();
        configuration.whenReplaced(schedules::reconcile);
      }
    };
  }
}
