package io.pgproof.workflow.verify;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.evidence.RunRequests;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.workflow.attempt.BackupInspection;
import io.pgproof.workflow.attempt.RestoreAttempts;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.EngineWatchdog;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.notify.Notifier;
import io.pgproof.workflow.turn.ContainerSlots;
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

/** Creates what begins and ends a verification; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class VerifyConfiguration {

  @Bean
  Verifications verifications(
      RuntimeService runtime,
      OwnDefinitions definitions,
      TaskService tasks,
      ManagementService management,
      PlatformTransactionManager transactions,
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      Clock clock,
      WorkflowSettings settings,
      BackgroundWork work,
      ContainerSlots containerSlots,
      Notifier notifier) {
    return new Verifications(
        runtime,
        definitions,
        tasks,
        management,
        new TransactionTemplate(transactions),
        evidenceLog,
        cancellations,
        runRequests,
        clock,
        settings.retryCycle(),
        work,
        containerSlots,
        notifier);
  }

  @Bean
  VerificationLifecycle verificationLifecycle(
      RuntimeService runtime,
      PlatformTransactionManager transactions,
      RunRequests runRequests,
      BackgroundWork work,
      RestoreAttempts restoreAttempts,
      ContainerSlots containerSlots,
      EngineWatchdog engineWatchdog,
      JobExecutor jobs,
      @Qualifier("camundaTaskExecutor") TaskExecutor steps,
      WorkflowSettings settings) {
    return new VerificationLifecycle(
        runtime,
        new TransactionTemplate(transactions),
        runRequests,
        work,
        restoreAttempts,
        containerSlots,
        engineWatchdog,
        jobs,
        (ThreadPoolTaskExecutor) steps,
        settings.workerEndsWithin());
  }

  @Bean(VerifyBackup.Step.INSPECT_BACKUP)
  InspectBackup inspectBackup(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      BackupInspection inspection,
      ProgressBoard progress) {
    return new InspectBackup(evidenceLog, cancellations, inspection, progress);
  }

  @Bean(VerifyBackup.Step.FIND_IMAGE)
  FindImage findImage(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      Sandbox sandbox,
      ImageStore images,
      WorkflowSettings settings,
      BackgroundWork work,
      ProgressBoard progress) {
    return new FindImage(
        evidenceLog,
        cancellations,
        runRequests,
        sandbox,
        images,
        settings.buildImages(),
        settings.buildTimeout(),
        work,
        progress);
  }

  @Bean(VerifyBackup.Step.REACH_VERDICT)
  ReachVerdict reachVerdict(EvidenceLog evidenceLog, ContainerSlots containerSlots) {
    return new ReachVerdict(evidenceLog, containerSlots);
  }

  @Bean(VerifyBackup.Step.RECORD_EVIDENCE)
  RecordEvidence recordEvidence(
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      BackgroundWork work,
      ProgressBoard progress,
      Notifier notifier) {
    return new RecordEvidence(evidenceLog, verdictHistory, work, progress, notifier);
  }
}
