package io.pgproof.workflow.attempt;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.RunRequests;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.WorkflowSettings;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Clock;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Creates the steps that prepare, make and end one attempt in a container; each delegate is named
 * after its element.
 */
@Configuration(proxyBeanMethods = false)
class AttemptConfiguration {

  @Bean
  RestoreAttempts restoreAttempts() {
    return new RestoreAttempts();
  }

  @Bean
  ActiveRuns activeRuns(RuntimeService runtime, RestoreAttempts restoreAttempts) {
    return new ActiveRuns(runtime, restoreAttempts);
  }

  @Bean
  SpaceWatch spaceWatch(
      EvidenceLog evidenceLog,
      Sandbox sandbox,
      StateDirectory state,
      RestoreAttempts restoreAttempts,
      WorkflowSettings settings) {
    return new SpaceWatch(evidenceLog, sandbox, state, restoreAttempts, settings.reserve());
  }

  @Bean
  BackupInspection backupInspection(RunRequests runRequests, BackgroundWork work) {
    return new BackupInspection(runRequests, work);
  }

  @Bean
  BackupRestore backupRestore(
      RunRequests runRequests,
      ImageStore images,
      Sandbox sandbox,
      StateDirectory state,
      WorkflowSettings settings,
      RestoreAttempts restoreAttempts,
      BackupInspection inspection,
      BackgroundWork work,
      ProgressBoard progress) {
    return new BackupRestore(
        runRequests, images, sandbox, state, settings, restoreAttempts, inspection, work, progress);
  }

  @Bean(VerifyBackup.Step.RESTORE_FILES)
  RestoreFiles restoreFiles(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      BackupRestore restore) {
    return new RestoreFiles(evidenceLog, cancellations, runRequests, restore);
  }

  @Bean(VerifyBackup.Step.LOOK_AT_RESTORE)
  LookAtRestore lookAtRestore(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      BackupRestore restore,
      RestoreAttempts restoreAttempts) {
    return new LookAtRestore(evidenceLog, cancellations, restore, restoreAttempts);
  }

  @Bean(VerifyBackup.Step.PREPARE_RECOVERY)
  PrepareRecovery prepareRecovery(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RestoreAttempts restoreAttempts,
      ProgressBoard progress) {
    return new PrepareRecovery(evidenceLog, cancellations, restoreAttempts, progress);
  }

  @Bean(VerifyBackup.Step.CREATE_CONTAINER)
  CreateContainer createContainer(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      Sandbox sandbox,
      RestoreAttempts restoreAttempts) {
    return new CreateContainer(evidenceLog, cancellations, sandbox, restoreAttempts);
  }

  @Bean
  ServerRecovery serverRecovery(Sandbox sandbox, BackgroundWork work, ProgressBoard progress) {
    return new ServerRecovery(sandbox, work, progress);
  }

  @Bean(VerifyBackup.Step.START_SERVER)
  StartServer startServer(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RestoreAttempts restoreAttempts,
      ServerRecovery recovery) {
    return new StartServer(evidenceLog, cancellations, restoreAttempts, recovery);
  }

  @Bean(VerifyBackup.Step.LOOK_AT_RECOVERY)
  LookAtRecovery lookAtRecovery(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      ServerRecovery recovery,
      RestoreAttempts restoreAttempts) {
    return new LookAtRecovery(evidenceLog, cancellations, recovery, restoreAttempts);
  }

  @Bean
  DatabaseChecks databaseChecks(
      RunRequests runRequests, Sandbox sandbox, BackgroundWork work, ProgressBoard progress) {
    return new DatabaseChecks(runRequests, sandbox, work, progress);
  }

  @Bean(VerifyBackup.Step.RUN_CHECKS)
  RunChecks runChecks(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RestoreAttempts restoreAttempts,
      DatabaseChecks checks) {
    return new RunChecks(evidenceLog, cancellations, restoreAttempts, checks);
  }

  @Bean(VerifyBackup.Step.LOOK_AT_CHECKS)
  LookAtChecks lookAtChecks(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      DatabaseChecks checks,
      RestoreAttempts restoreAttempts) {
    return new LookAtChecks(evidenceLog, cancellations, checks, restoreAttempts);
  }

  @Bean(VerifyBackup.Step.DESTROY_CONTAINER)
  DestroyContainer destroyContainer(
      EvidenceLog evidenceLog,
      Sandbox sandbox,
      StateDirectory state,
      BackgroundWork work,
      ProgressBoard progress) {
    return new DestroyContainer(evidenceLog, sandbox, state, work, progress);
  }

  @Bean(VerifyBackup.Step.REMOVE_FILES)
  RemoveFiles removeFiles(
      EvidenceLog evidenceLog,
      Sandbox sandbox,
      StateDirectory state,
      RestoreAttempts restoreAttempts,
      BackgroundWork work,
      WorkflowSettings settings,
      Clock clock) {
    return new RemoveFiles(
        evidenceLog, sandbox, state, restoreAttempts, work, settings.removalTimeout(), clock);
  }

  @Bean(VerifyBackup.Step.NOTE_DEADLINE)
  NoteDeadline noteDeadline(EvidenceLog evidenceLog) {
    return new NoteDeadline(evidenceLog);
  }

  @Bean(VerifyBackup.Step.NOTE_INTERRUPTION)
  NoteInterruption noteInterruption(EvidenceLog evidenceLog) {
    return new NoteInterruption(evidenceLog);
  }
}
