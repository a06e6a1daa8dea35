package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.notify.Messenger;
import io.pgproof.target.CurrentConfiguration;
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

/** Makes what tells people; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TellingSettings.class)
class TellingConfiguration {

  @Bean
  Tell tell(RuntimeService runtime, OwnDefinitions definitions, CurrentConfiguration configuration, Trail trail, Verdicts verdicts,
      Clock clock, TellingSettings settings) {
    return new Tell(runtime, definitions, configuration, trail, new Messages(trail, verdicts, clock), settings.retryCycle());
  }

  @Bean
  Sending sending(CurrentConfiguration configuration, Trail trail, Clock clock) {
    return new Sending(new Messenger(clock), configuration, trail);
  }

  @Bean(TellSomebody.Step.TELL_RECIPIENT)
  TellRecipient tellRecipient(Sending sending) {
    return new TellRecipient(sending);
  }

  @Bean(TellSomebody.Step.TELL_AFTER_MENDING)
  TellAfterMending tellAfterMending(Sending sending, ManagementService management) {
    return new TellAfterMending(sending, management);
  }

  @Bean
  Summaries summaries(RuntimeService runtime, OwnDefinitions definitions, CurrentConfiguration configuration, Clock clock,
      TellingSettings settings) {
    return new Summaries(runtime, definitions, configuration, clock, settings.retryCycle());
  }

  @Bean(DailySummary.Step.PLAN_NEXT_SUMMARY)
  PlanNextSummary planNextSummary(Summaries summaries) {
    return new PlanNextSummary(summaries);
  }

  @Bean(DailySummary.Step.SUM_UP_DAY)
  SumUpDay sumUpDay(Trail trail, Verdicts verdicts, CurrentConfiguration configuration, RepositoryService repository,
      RuntimeService runtime, TaskService tasks, Tell tell, Clock clock) {
    return new SumUpDay(new Days(trail, verdicts, configuration, repository, runtime, tasks), tell, clock);
  }

  /** Runs before the job executor starts, which waits until the application is ready. */
  @Bean
  ApplicationRunner tellOnlyWhileServing(ManagementService management, Summaries summaries, CurrentConfiguration configuration,
      Environment environment) {
    return arguments -> {
      boolean serving = environment.acceptsProfiles(Profiles.of("serve"));
      OnlyServed.let(management, TellSomebody.PROCESS, serving);
      OnlyServed.let(management, DailySummary.PROCESS, serving);
      if (serving) {
        summaries.plan();
        configuration.whenReplaced(summaries::plan);
      }
    };
  }
}
