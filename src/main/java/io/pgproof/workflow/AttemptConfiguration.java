package io.pgproof.workflow;

import io.pgproof.audit.Trail;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.CurrentConfiguration;
import java.time.Clock;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the steps that prepare, make and end one attempt in a container; each delegate is named after its element. */
@Configuration(proxyBeanMethods = false)
class AttemptConfiguration {

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

  @Bean(VerifyBackup.Step.INSPECT_BACKUP)
  InspectBackup inspectBackup(Trail trail, Withdrawals withdrawals, Requests requests, LongWork work, ProgressBoard progress) {
    return new InspectBackup(trail, withdrawals, requests, work, progress);
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
}
