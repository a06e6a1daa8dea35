package io.pgproof.workflow.model;

import static io.pgproof.workflow.model.VerifyBackup.Step.*;
import static io.pgproof.workflow.model.VerifyBackup.Wait.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.workflow.engine.BackgroundWork;
import io.pgproof.workflow.model.VerifyBackup.Event;
import io.pgproof.workflow.model.VerifyBackup.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyBackupWaitsTest {
  private static ModelOnEngine model;

  @BeforeAll
  static void buildEngine() {
    model = new ModelOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    model.close();
  }

  @Test
  void aSoundBackupIsProven() {
    model.start("proven");
    model.proveByMessages();

    assertThat(model.end()).isEqualTo(Event.BACKUP_PROVEN);
    assertThat(model.steps.done)
        .containsExactly(
            INSPECT_BACKUP,
            FIND_IMAGE,
            TAKE_TURN,
            RESTORE_FILES,
            LOOK_AT_RESTORE,
            PREPARE_RECOVERY,
            CREATE_CONTAINER,
            START_SERVER,
            LOOK_AT_RECOVERY,
            RUN_CHECKS,
            LOOK_AT_CHECKS,
            DESTROY_CONTAINER,
            REMOVE_FILES,
            REACH_VERDICT,
            RECORD_EVIDENCE);
    assertThat(model.incidents()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "awaitRestore,  restoreEnded,  lookAtRestoreAgain,  lookAtRestore",
    "awaitRecovery, recoveryEnded, lookAtRecoveryAgain, lookAtRecovery",
    "awaitChecks,   checksEnded,   lookAtChecksAgain,   lookAtChecks"
  })
  void messageOrTimerEndsAWaitAndTheCheckDecides(
      String wait, String message, String timer, String look) {
    model.start("proven");
    goTo(wait);
    model.steps.done.clear();
    model.steps.script(look, FakeSteps.NOT_YET, FakeSteps.NOT_YET);

    model.fire(timer);
    assertThat(model.at()).containsExactly(wait);
    model.sendAndWork(message);
    assertThat(model.at()).containsExactly(wait);
    assertThat(model.steps.done).containsExactly(look, look);

    model.fire(timer);
    assertThat(model.at()).doesNotContain(wait);
    assertThat(model.steps.done.subList(0, 3)).containsExactly(look, look, look);
  }

  @ParameterizedTest
  @CsvSource({
    "awaitRestore, restoreEnded",
    "awaitRecovery, recoveryEnded",
    "awaitChecks, checksEnded"
  })
  void aMessageEndsTheWaitAtOnceAndRemovesItsTimer(String wait, String message) {
    model.start("proven");
    goTo(wait);
    long timers = timers();

    model.send(message);

    assertThat(model.at()).doesNotContain(wait);
    assertThat(timers() - timers).isEqualTo(-1);
  }

  @Test
  void timersCarryAVerificationWhoseMessagesAreLost() {
    model.start("proven");
    model.fire(Event.LOOK_AT_RESTORE_AGAIN);
    model.fire(Event.LOOK_AT_RECOVERY_AGAIN);
    model.fire(Event.LOOK_AT_CHECKS_AGAIN);

    assertThat(model.end()).isEqualTo(Event.BACKUP_PROVEN);
  }

  @Test
  void aMessageBeforeItsWaitIsRefusedAndChangesNothing() {
    model.start("proven");

    assertThatThrownBy(() -> model.send(Message.CHECKS_ENDED))
        .isInstanceOf(MismatchingMessageCorrelationException.class);
    assertThat(model.at()).containsExactly(AWAIT_RESTORE);
  }

  @Test
  void theCheckSetsThePauseOfTheNextWait() {
    model.start("proven");
    model.steps.script(
        LOOK_AT_RESTORE,
        execution -> {
          execution.setVariable(VerifyBackup.Variable.RESTORED, false);
          execution.setVariable(VerifyBackup.Variable.PAUSE, "PT30S");
        });

    model.fire(Event.LOOK_AT_RESTORE_AGAIN);

    Job timer = model.timer(Event.LOOK_AT_RESTORE_AGAIN);
    assertThat(timer.getDuedate().toInstant()).isEqualTo(model.now().plusSeconds(30));
  }

  @Test
  void pausesBeforeARestartOfWorkGrow() {
    model.start("proven");
    for (String pause : List.of("PT5S", "PT30S")) {
      int fault = pause.equals("PT5S") ? 1 : 2;
      model.steps.script(
          LOOK_AT_RESTORE,
          execution -> {
            throw new BackgroundWork.Fault(
                null, fault, 3, new IllegalStateException("the disk is away"));
          },
          FakeSteps.NOT_YET);
      model
          .engine
          .getManagementService()
          .executeJob(model.timer(Event.LOOK_AT_RESTORE_AGAIN).getId());
      model.workOnce();

      Job look = model.nextJob();
      assertThat(look.getRetries()).isEqualTo(3 - fault);
      assertThat(look.getDuedate().toInstant()).isEqualTo(model.now().plus(Duration.parse(pause)));
      assertThat(look.getExceptionMessage()).isEqualTo("the disk is away");
      model.workOnce();
      assertThat(model.at()).containsExactly(AWAIT_RESTORE);
    }
  }

  @Test
  void theInspectionIsWaitedForByTimerAndMessage() {
    model.start(
        "proven", () -> model.steps.script(INSPECT_BACKUP, FakeSteps.NOT_YET, FakeSteps.NOT_YET));
    assertThat(model.at()).containsExactly(AWAIT_INSPECTION);

    model.fire(Event.LOOK_AT_INSPECTION_AGAIN);
    assertThat(model.at()).containsExactly(AWAIT_INSPECTION);

    model.sendAndWork(Message.INSPECTION_ENDED);
    assertThat(model.at()).containsExactly(AWAIT_RESTORE);
    assertThat(model.steps.done)
        .containsExactly(
            INSPECT_BACKUP, INSPECT_BACKUP, INSPECT_BACKUP, FIND_IMAGE, TAKE_TURN, RESTORE_FILES);
  }

  @Test
  void aMissingImageIsWaitedForByTimerAndMessage() {
    model.start(
        "proven", () -> model.steps.script(FIND_IMAGE, FakeSteps.NOT_YET, FakeSteps.NOT_YET));
    assertThat(model.at()).containsExactly(AWAIT_IMAGE);

    model.fire(Event.LOOK_FOR_IMAGE_AGAIN);
    assertThat(model.at()).containsExactly(AWAIT_IMAGE);

    model.sendAndWork(Message.IMAGE_BUILT);
    assertThat(model.at()).containsExactly(AWAIT_RESTORE);
    assertThat(model.steps.done)
        .containsExactly(
            INSPECT_BACKUP, FIND_IMAGE, FIND_IMAGE, FIND_IMAGE, TAKE_TURN, RESTORE_FILES);
  }

  @Test
  void aSlotIsWaitedForByTimerAndMessage() {
    model.start(
        "proven", () -> model.steps.script(TAKE_TURN, FakeSteps.NOT_YET, FakeSteps.NOT_YET));
    assertThat(model.at()).containsExactly(AWAIT_TURN);

    model.fire(Event.LOOK_FOR_TURN_AGAIN);
    assertThat(model.at()).containsExactly(AWAIT_TURN);

    model.sendAndWork(Message.TURN_CAME);
    assertThat(model.at()).containsExactly(AWAIT_RESTORE);
    assertThat(model.steps.done)
        .containsExactly(
            INSPECT_BACKUP, FIND_IMAGE, TAKE_TURN, TAKE_TURN, TAKE_TURN, RESTORE_FILES);
  }

  @Test
  void retriesFollowTheCycleOfTheVariable() {
    model.begin(
        "proven",
        Map.of(VerifyBackup.Variable.RETRY_CYCLE, "PT7S,PT11S"),
        () ->
            model.steps.script(INSPECT_BACKUP, FakeSteps.FAULT, FakeSteps.FAULT, FakeSteps.FAULT));

    model.workOnce();
    assertRetry(2, Duration.ofSeconds(7));
    model.workOnce();
    assertRetry(1, Duration.ofSeconds(11));
    model.workOnce();
    assertThat(model.nextJob()).isNull();
    assertThat(model.incidents()).hasSize(1);

    model.retry(model.incidents().get(0));
    assertThat(model.incidents()).isEmpty();
    assertThat(model.at()).containsExactly(AWAIT_RESTORE);
  }

  private static void assertRetry(int left, Duration after) {
    Job job = model.nextJob();
    assertThat(job.getRetries()).isEqualTo(left);
    assertThat(job.getDuedate().toInstant()).isEqualTo(model.now().plus(after));
  }

  private static long timers() {
    return model.engine.getManagementService().createJobQuery().timers().count();
  }

  private static void goTo(String wait) {
    if (!wait.equals(AWAIT_RESTORE)) {
      model.sendAndWork(Message.RESTORE_ENDED);
      if (!wait.equals(AWAIT_RECOVERY)) {
        model.sendAndWork(Message.RECOVERY_ENDED);
      }
    }
    assertThat(model.at()).containsExactly(wait);
  }
}
