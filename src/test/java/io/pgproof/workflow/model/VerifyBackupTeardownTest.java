package io.pgproof.workflow.model;

import static io.pgproof.workflow.model.VerifyBackup.Step.*;
import static io.pgproof.workflow.model.VerifyBackup.Task.APPROVE_ESCALATION;
import static io.pgproof.workflow.model.VerifyBackup.Wait.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.workflow.model.VerifyBackup.ErrorCode;
import io.pgproof.workflow.model.VerifyBackup.Event;
import io.pgproof.workflow.model.VerifyBackup.Message;
import io.pgproof.workflow.model.VerifyBackup.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyBackupTeardownTest {
  private static final List<String> BOTH = List.of(DESTROY_CONTAINER, REMOVE_FILES);
  private static ModelOnEngine model;

  @BeforeAll
  static void buildEngine() {
    model = new ModelOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    model.close();
  }

  /**
   * What was owed where the error came: nothing, the files, or the container and then the files.
   */
  @ParameterizedTest
  @CsvSource({
    "restoreFiles,    0", "lookAtRestore,   1", "prepareRecovery, 1", "createContainer, 1",
    "startServer,     2", "lookAtRecovery,  2", "runChecks,       2", "lookAtChecks,    2"
  })
  void anErrorInAStepUndoesTheCompletedStepsAndReachesAVerdict(String step, int owed) {
    List<String> expected = BOTH.subList(2 - owed, 2);
    Map<String, String> teardowns =
        Map.of(
            ErrorCode.FINDING,
            Event.TEAR_DOWN_AFTER_FINDING,
            ErrorCode.ENVIRONMENT,
            Event.TEAR_DOWN_AFTER_FAULT);
    teardowns.forEach(
        (code, teardown) -> {
          model.start("refuted", () -> model.steps.script(step, FakeSteps.error(code)));
          goOn();

          assertThat(handlers()).as(step + " throws " + code).isEqualTo(expected);
          assertThat(model.passed(teardown)).isEqualTo(1);
          assertThat(model.passed(Event.TEAR_DOWN)).isZero();
          assertThat(model.steps.done).endsWith(REACH_VERDICT, RECORD_EVIDENCE, JOIN_OPEN_TASK);
          assertThat(model.at()).containsExactly(APPROVE_ESCALATION);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {INSPECT_BACKUP, FIND_IMAGE, TAKE_TURN})
  void anErrorBeforeTheAttemptReachesAVerdictWithoutATeardown(String step) {
    for (String code : List.of(ErrorCode.FINDING, ErrorCode.ENVIRONMENT)) {
      model.start("inconclusive", () -> model.steps.script(step, FakeSteps.error(code)));

      assertThat(model.steps.done).endsWith(REACH_VERDICT, RECORD_EVIDENCE, JOIN_OPEN_TASK);
      assertThat(model.steps.done).doesNotContain(RESTORE_FILES);
      assertThat(handlers()).isEmpty();
    }
  }

  @Test
  void anExceptionIsRetriedAndIsNoErrorOfTheModel() {
    model.start(
        "proven", () -> model.steps.script(INSPECT_BACKUP, FakeSteps.FAULT, FakeSteps.FAULT));

    assertThat(model.passed(Event.INSPECTION_FAILED)).isZero();
    assertThat(model.at()).containsExactly(AWAIT_RESTORE);
  }

  @Test
  void aFaultIsShownInItsJobAndRetriedAfterGrowingPauses() {
    model.begin(
        "proven",
        Map.of(),
        () -> model.steps.script(INSPECT_BACKUP, FakeSteps.FAULT, FakeSteps.FAULT));
    for (int pause : List.of(5, 30)) {
      model.workOnce();

      Job job = model.nextJob();
      assertThat(job.getExceptionMessage()).isNotBlank();
      assertThat(Duration.between(model.now(), job.getDuedate().toInstant()))
          .isEqualTo(Duration.ofSeconds(pause));
    }
    model.work();
    assertThat(model.at()).containsExactly(AWAIT_RESTORE);
  }

  @Test
  void theDeadlineTearsDownAnAttemptWithAnIncident() {
    model.start(
        "inconclusive",
        () -> model.steps.script(START_SERVER, FakeSteps.FAULT, FakeSteps.FAULT, FakeSteps.FAULT));
    model.sendAndWork(Message.RESTORE_ENDED);
    assertThat(model.incidents()).hasSize(1);

    model.fire(Event.DEADLINE_PASSED);

    assertThat(handlers()).isEqualTo(BOTH);
    assertThat(model.incidents()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"awaitRestore, 1", "awaitRecovery, 2", "awaitChecks, 2"})
  void theDeadlineIsNotedBeforeTheTeardown(String wait, int owed) {
    model.start("inconclusive");
    goTo(wait);
    model.steps.done.clear();

    model.fire(Event.DEADLINE_PASSED);

    List<String> expected = new ArrayList<>(List.of(NOTE_DEADLINE));
    expected.addAll(BOTH.subList(2 - owed, 2));
    assertThat(model.steps.done).startsWith(expected.toArray(new String[0]));
    assertThat(model.passed(Event.TEAR_DOWN_AFTER_DEADLINE)).isEqualTo(1);
    assertThat(model.at()).containsExactly(APPROVE_ESCALATION);
  }

  @Test
  void theDeadlineCountsFromTheStartOfEachAttempt() {
    model.start("inconclusive");
    assertThat(model.timer(Event.DEADLINE_PASSED).getDuedate().toInstant())
        .isBetween(model.now().plusSeconds(6 * 3600 - 5), model.now().plusSeconds(6 * 3600));
    model.pass(3600);
    model.sendAndWork(Message.ATTEMPT_INTERRUPTED);

    assertThat(model.timer(Event.DEADLINE_PASSED).getDuedate().toInstant())
        .isBetween(model.now().plusSeconds(6 * 3600 - 5), model.now().plusSeconds(6 * 3600));
  }

  @ParameterizedTest
  @CsvSource({"awaitRestore, 1", "awaitRecovery, 2", "awaitChecks, 2"})
  void anInterruptedAttemptIsUndoneAndRepeatedAtMostThreeTimes(String wait, int owed) {
    model.start("inconclusive");
    for (int attempt = 1; attempt <= VerifyBackup.MOST_ATTEMPTS; attempt++) {
      goTo(wait);
      assertThat(model.variable(Variable.ATTEMPT)).isEqualTo(attempt);
      model.steps.done.clear();

      model.sendAndWork(Message.ATTEMPT_INTERRUPTED);

      assertThat(model.steps.done).startsWith(NOTE_INTERRUPTION);
      assertThat(handlers()).as("attempt " + attempt).isEqualTo(BOTH.subList(2 - owed, 2));
    }
    assertThat(model.steps.done).endsWith(REACH_VERDICT, RECORD_EVIDENCE, JOIN_OPEN_TASK);
    assertThat(model.passed(RESTORE_FILES)).isEqualTo(VerifyBackup.MOST_ATTEMPTS);
    assertThat(model.passed(Event.TEAR_DOWN_AFTER_INTERRUPTION))
        .isEqualTo(VerifyBackup.MOST_ATTEMPTS);
  }

  @Test
  void aSecondAttemptUndoesOnlyItsOwnSteps() {
    model.start("proven");
    model.sendAndWork(Message.RESTORE_ENDED);
    model.sendAndWork(Message.ATTEMPT_INTERRUPTED);
    assertThat(handlers()).isEqualTo(BOTH);
    model.steps.done.clear();

    model.proveByMessages();

    assertThat(handlers()).isEqualTo(BOTH);
    assertThat(model.end()).isEqualTo(Event.BACKUP_PROVEN);
  }

  @Test
  void aWithdrawnVerificationEndsWithoutATask() {
    model.start(
        "inconclusive",
        () ->
            model.steps.script(
                NOTE_INTERRUPTION,
                execution -> {
                  execution.setVariable(Variable.INTERRUPTED, false);
                  execution.setVariable(Variable.WITHDRAWN, true);
                }));
    model.sendAndWork(Message.ATTEMPT_INTERRUPTED);

    assertThat(handlers()).containsExactly(REMOVE_FILES);
    assertThat(model.end()).isEqualTo(Event.VERIFICATION_WITHDRAWN);
  }

  @Test
  void repeatedChecksDoNotRepeatTheHandlers() {
    model.start("proven");
    model.steps.script(LOOK_AT_RESTORE, FakeSteps.NOT_YET, FakeSteps.NOT_YET);
    model.fire(Event.LOOK_AT_RESTORE_AGAIN);
    model.fire(Event.LOOK_AT_RESTORE_AGAIN);
    model.proveByMessages();

    assertThat(handlers()).isEqualTo(BOTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {DESTROY_CONTAINER, REMOVE_FILES})
  void aFailedTeardownIsAnIncidentAndARetryTearsDown(String handler) {
    model.start(
        "proven",
        () -> model.steps.script(handler, FakeSteps.FAULT, FakeSteps.FAULT, FakeSteps.FAULT));
    model.proveByMessages();

    assertThat(model.incidents()).hasSize(1);
    assertThat(model.incidents().get(0).getActivityId()).isEqualTo(Event.TEAR_DOWN);
    assertThat(model.steps.done).doesNotContain(REMOVE_FILES, REACH_VERDICT);
    model.steps.done.clear();

    model.retry(model.incidents().get(0));

    assertThat(handlers()).isEqualTo(BOTH);
    assertThat(model.end()).isEqualTo(Event.BACKUP_PROVEN);
  }

  @ParameterizedTest
  @CsvSource({"finding, tearDownAfterFinding", "environment, tearDownAfterFault"})
  void nothingInterruptsAFailedTeardownAfterAnError(String code, String teardown) {
    model.start(
        "refuted",
        () -> {
          model.steps.script(LOOK_AT_RECOVERY, FakeSteps.error(code));
          model.steps.script(DESTROY_CONTAINER, FakeSteps.FAULT, FakeSteps.FAULT, FakeSteps.FAULT);
        });
    model.sendAndWork(Message.RESTORE_ENDED);
    model.sendAndWork(Message.RECOVERY_ENDED);

    assertThat(model.incidents()).hasSize(1);
    assertThat(model.incidents().get(0).getActivityId()).isEqualTo(teardown);
    assertThat(model.timer(Event.DEADLINE_PASSED)).isNull();
    assertThatThrownBy(() -> model.send(Message.ATTEMPT_INTERRUPTED))
        .isInstanceOf(MismatchingMessageCorrelationException.class);

    model.retry(model.incidents().get(0));
    assertThat(handlers()).isEqualTo(BOTH);
    assertThat(model.at()).containsExactly(APPROVE_ESCALATION);
  }

  @ParameterizedTest
  @ValueSource(strings = {Event.TEAR_DOWN_AFTER_DEADLINE, Event.TEAR_DOWN_AFTER_INTERRUPTION})
  void nothingInterruptsAFailedTeardownAfterADeadlineOrInterruption(String teardown) {
    model.start(
        "inconclusive",
        () -> model.steps.script(REMOVE_FILES, FakeSteps.FAULT, FakeSteps.FAULT, FakeSteps.FAULT));
    if (teardown.equals(Event.TEAR_DOWN_AFTER_DEADLINE)) {
      model.fire(Event.DEADLINE_PASSED);
    } else {
      model.sendAndWork(Message.ATTEMPT_INTERRUPTED);
    }

    assertThat(model.incidents()).hasSize(1);
    assertThat(model.incidents().get(0).getActivityId()).isEqualTo(teardown);
    assertThat(model.timer(Event.DEADLINE_PASSED)).isNull();
    assertThatThrownBy(() -> model.send(Message.ATTEMPT_INTERRUPTED))
        .isInstanceOf(MismatchingMessageCorrelationException.class);

    model.retry(model.incidents().get(0));
    assertThat(handlers()).containsExactly(REMOVE_FILES);
  }

  @ParameterizedTest
  @ValueSource(strings = {NOTE_DEADLINE, NOTE_INTERRUPTION})
  void aFaultWhileNotingStillTearsDown(String note) {
    model.start(
        "inconclusive", () -> model.steps.script(note, FakeSteps.error(ErrorCode.ENVIRONMENT)));
    model.sendAndWork(Message.RESTORE_ENDED);
    if (note.equals(NOTE_DEADLINE)) {
      model.fire(Event.DEADLINE_PASSED);
    } else {
      model.sendAndWork(Message.ATTEMPT_INTERRUPTED);
    }

    assertThat(handlers()).isEqualTo(BOTH);
    assertThat(model.passed(Event.TEAR_DOWN_AFTER_FAULT)).isEqualTo(1);
    assertThat(model.at()).containsExactly(APPROVE_ESCALATION);
  }

  /**
   * The engine orders handlers by the time at which each came to be owed, and has no other memory
   * of it.
   */
  @Test
  void aClockThatIsSetBackReversesTheHandlers() {
    model.start("proven");
    model.pass(-3600);
    model.proveByMessages();

    assertThat(handlers()).containsExactly(REMOVE_FILES, DESTROY_CONTAINER);
  }

  @Test
  void aDeadlineDuringAStuckTeardownKeepsTheChecksAndTearsDown() {
    List<Object> checkedWhenNoted = new ArrayList<>();
    model.start(
        "proven",
        () -> {
          model.steps.script(DESTROY_CONTAINER, FakeSteps.FAULT, FakeSteps.FAULT, FakeSteps.FAULT);
          model.steps.script(
              NOTE_DEADLINE,
              execution -> checkedWhenNoted.add(execution.getVariable(Variable.CHECKED)));
        });
    model.proveByMessages();
    assertThat(model.incidents()).hasSize(1);

    model.fire(Event.DEADLINE_PASSED);

    assertThat(checkedWhenNoted).containsExactly(true);
    assertThat(handlers()).isEqualTo(BOTH);
    assertThat(model.end()).isEqualTo(Event.BACKUP_PROVEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {REACH_VERDICT, RECORD_EVIDENCE, JOIN_OPEN_TASK})
  void anUncaughtErrorIsAnIncident(String step) {
    model.start(
        "refuted",
        () -> {
          model.steps.script(INSPECT_BACKUP, FakeSteps.error(ErrorCode.FINDING));
          FakeSteps.Act error = FakeSteps.error(ErrorCode.ENVIRONMENT);
          model.steps.script(step, error, error, error);
        });

    assertThat(model.end()).isNull();
    assertThat(model.incidents()).hasSize(1);
  }

  private static List<String> handlers() {
    return model.steps.done.stream().filter(BOTH::contains).toList();
  }

  /** Sends whatever message the verification waits for until it waits no more. */
  private static void goOn() {
    Map<String, String> messages =
        Map.of(
            AWAIT_RESTORE,
            Message.RESTORE_ENDED,
            AWAIT_RECOVERY,
            Message.RECOVERY_ENDED,
            AWAIT_CHECKS,
            Message.CHECKS_ENDED);
    while (model.at().stream().anyMatch(messages::containsKey)) {
      model.sendAndWork(messages.get(model.at().get(0)));
    }
  }

  private static void goTo(String wait) {
    Map<String, String> messages =
        Map.of(AWAIT_RESTORE, Message.RESTORE_ENDED, AWAIT_RECOVERY, Message.RECOVERY_ENDED);
    while (!model.at().equals(List.of(wait))) {
      model.sendAndWork(messages.get(model.at().get(0)));
    }
  }
}
