package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import java.time.Clock;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.impl.jobexecutor.JobExecutor;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes what begins and ends a verification; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class VerifyConfiguration {

  @Bean
  Verifications verifications(RuntimeService runtime, OwnDefinitions definitions, TaskService tasks, ManagementService management,
      PlatformTransactionManager transactions, Trail trail, Withdrawals withdrawals, Requests requests,
      Clock clock, WorkflowSettings settings, LongWork work, Stays stays, Turns turns, JobExecutor jobs,
      @Qualifier("camundaTaskExecutor") TaskExecutor steps, Oversight oversight, Tell tell) {
    return new Verifications(runtime, definitions, tasks, management, new TransactionTemplate(transactions), trail, withdrawals,
        requests, clock, settings.retryCycle(), settings.workerEndsWithin(), work, stays, turns, jobs,
        (ThreadPoolTaskExecutor) steps, oversight, tell);
  }

  @Bean(VerifyBackup.Step.FIND_IMAGE)
  FindImage findImage(Trail trail, Withdrawals withdrawals, Requests requests, Sandbox sandbox, ImageStore images,
      WorkflowSettings settings, LongWork work, ProgressBoard progress) {
    return new FindImage(trail, withdrawals, requests, sandbox, images, settings.buildImages(), settings.buildTimeout(), work,
        progress);
  }

  @Bean(VerifyBackup.Step.REACH_VERDICT)
  ReachVerdict reachVerdict(Trail trail, Turns turns) {
    return new ReachVerdict(trail, turns);
  }

  @Bean(VerifyBackup.Step.RECORD_EVIDENCE)
  RecordEvidence recordEvidence(Trail trail, Verdicts verdicts, LongWork work, ProgressBoard progress, Tell tell) {
    return new RecordEvidence(trail, verdicts, work, progress, tell);
  }
}
