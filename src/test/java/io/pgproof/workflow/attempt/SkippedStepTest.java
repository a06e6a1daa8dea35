package io.pgproof.workflow.attempt;

import static io.pgproof.workflow.model.VerifyBackup.Step.*;
import static io.pgproof.workflow.model.VerifyBackup.Variable.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.Evidence;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import io.pgproof.workflow.decide.PeopleOnEngine;
import io.pgproof.workflow.model.FakeSteps;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.model.VerifyBackup.Event;
import io.pgproof.workflow.model.VerifyBackup.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model on an engine whose steps leave evidence, and one step that does nothing at all. */
class SkippedStepTest {
  private static final JavaDelegate NOTHING = execution -> {};

  /** A step that never says that it is done is looked at so often. */
  private static final int MOST_LOOKS = 40;

  /**
   * Steps of a run that is proven; the others come after another verdict, or note what ended a stay
   * early.
   */
  private static final List<String> ON_THE_WAY =
      List.of(
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

  private static PeopleOnEngine people;
  private static ProcessEngine engine;
  private static Map<Object, Object> beans;
  private Object left;
  private String step;

  @BeforeAll
  static void anEngineWhoseStepsLeaveEvidence() {
    people = new PeopleOnEngine();
    engine = people.engine;
    beans = ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration()).getBeans();
    // Runs that get stuck here keep their slots, and the next one does not wait for them.
    beans.put(TAKE_TURN, new FakeSteps().beans().get(TAKE_TURN));
    beans.put(NOTE_DEADLINE, new NoteDeadline(people.trail));
    beans.put(NOTE_INTERRUPTION, new NoteInterruption(people.trail));
    WholeEvidence.recordedBy(beans, people.trail);
  }

  @AfterAll
  static void closeEngine() {
    people.close();
  }

  @AfterEach
  void theStepDoesItsWorkAgain() {
    if (step != null) {
      beans.put(step, left);
    }
  }

  static List<String> onTheWay() {
    return ON_THE_WAY;
  }

  /**
   * The teardown is one job, which both of its handlers are a part of; whose turn it is says
   * nothing of the backup.
   */
  static List<String> jobsWithEvidence() {
    return ON_THE_WAY.stream()
        .filter(step -> !step.equals(REMOVE_FILES) && !step.equals(TAKE_TURN))
        .map(step -> step.equals(DESTROY_CONTAINER) ? Event.TEAR_DOWN : step)
        .toList();
  }

  @Test
  void aRunWithAllItsStepsIsProven() {
    RunId run = begin();
    goOn(run, "");

    assertThat(verdict(run)).contains("proven fresh");
    assertThat(people.end(run)).isEqualTo(Event.BACKUP_PROVEN);
  }

  @ParameterizedTest
  @MethodSource("onTheWay")
  void aRunWithASkippedStepIsNotProven(String step) {
    leaveOut(step);
    RunId run = begin();
    goOn(run, "");

    assertNotProven(run);
  }

  /**
   * What a person may do in Cockpit to a run that waits: go on behind the steps that are still to
   * come.
   */
  @ParameterizedTest
  @MethodSource("jobsWithEvidence")
  void aRunMovedPastAStepIsNotProven(String step) {
    RunId run = begin();
    goOn(run, step);
    String instance = people.instance(run);
    int next = jobsWithEvidence().indexOf(step) + 1;
    String target =
        next < jobsWithEvidence().size()
            ? jobsWithEvidence().get(next)
            : VerifyBackup.Gateway.WHICH_VERDICT;
    try {
      engine
          .getRuntimeService()
          .createProcessInstanceModification(instance)
          .cancelAllForActivity(step)
          .startBeforeActivity(target)
          .execute();
      goOn(run, "");
    } catch (ProcessEngineException e) {
      // It stays where it was.
      assertThat(step).isEqualTo(RECORD_EVIDENCE);
    }

    assertNotProven(run);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", NOTE_DEADLINE})
  void aRunWhoseDeadlinePassesBeforeItsChecksIsNotProven(String step) {
    leaveOut(step);
    RunId run = begin();
    goOn(run, LOOK_AT_CHECKS);
    engine.getRuntimeService().setVariable(people.instance(run), CHECKED, true);
    fire(run, Event.DEADLINE_PASSED);
    goOn(run, "");

    assertNotProven(run);
    assertThat(verdict(run))
        .contains(step.isEmpty() ? "inconclusive deadline" : "inconclusive evidence-missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", NOTE_INTERRUPTION})
  void anInterruptedRunIsProvenOnlyByAnotherAttempt(String step) {
    leaveOut(step);
    RunId run = begin();
    goOn(run, LOOK_AT_CHECKS);
    engine.getRuntimeService().setVariable(people.instance(run), CHECKED, true);
    send(run, Message.ATTEMPT_INTERRUPTED, Map.of(INTERRUPTED, true));
    goOn(run, "");

    assertThat(people.entries(run, Evidence.AttemptBegun.class)).hasSize(2);
    assertThat(verdict(run))
        .contains(step.isEmpty() ? "proven fresh" : "inconclusive evidence-missing");
  }

  private void leaveOut(String name) {
    if (!name.isEmpty()) {
      step = name;
      left = beans.put(name, NOTHING);
    }
  }

  private static RunId begin() {
    people.pass(Duration.ofMinutes(1));
    VerificationRequest request =
        Settings.NONE.request(Optional.empty(), Path.of("/backups/shop"), "tester");
    RunId run = RunId.at(people.now());
    new Evidence.Asked(request, null).record(people.trail, run, "tester");
    engine
        .getRuntimeService()
        .startProcessInstanceByKey(
            VerifyBackup.PROCESS,
            run.value(),
            Map.of(
                RUN,
                run.value(),
                BACKUP_PATH,
                "/backups/shop",
                BACKUP_KEY,
                run.value(),
                ASKED_BY,
                "tester",
                RETRY_CYCLE,
                "PT5S",
                DEADLINE,
                "PT6H",
                PAUSE,
                "PT1S",
                ATTEMPT,
                0,
                WITHDRAWN,
                false));
    engine.getRuntimeService().setVariable(people.instance(run), INTERRUPTED, false);
    engine.getRuntimeService().setVariable(people.instance(run), CONTROL, false);
    engine.getRuntimeService().setVariable(people.instance(run), REMIND_AFTER, "PT4H");
    engine.getRuntimeService().setVariable(people.instance(run), ESCALATE_AFTER, "PT24H");
    return run;
  }

  /** Does all jobs but those of this step, and ends every wait for long work. */
  private static void goOn(RunId run, String before) {
    for (int look = 0; look < MOST_LOOKS; look++) {
      if (ended(run)) {
        return;
      }
      List<Job> jobs =
          engine
              .getManagementService()
              .createJobQuery()
              .processInstanceId(people.instance(run))
              .messages()
              .withRetriesLeft()
              .list();
      for (Job job : jobs) {
        String activity =
            engine
                .getManagementService()
                .createJobDefinitionQuery()
                .jobDefinitionId(job.getJobDefinitionId())
                .singleResult()
                .getActivityId();
        if (activity.equals(before)) {
          return;
        }
        try {
          engine.getManagementService().executeJob(job.getId());
        } catch (RuntimeException e) {
          // It is seen in the job's retries, and in the incident that it ends in.
        }
      }
      if (jobs.isEmpty()) {
        for (String message :
            List.of(
                Message.INSPECTION_ENDED,
                Message.IMAGE_BUILT,
                Message.TURN_CAME,
                Message.RESTORE_ENDED,
                Message.RECOVERY_ENDED,
                Message.CHECKS_ENDED)) {
          send(run, message, Map.of());
        }
      }
    }
  }

  private static void send(RunId run, String message, Map<String, Object> variables) {
    for (EventSubscription wait :
        engine
            .getRuntimeService()
            .createEventSubscriptionQuery()
            .processInstanceId(people.instance(run))
            .eventType("message")
            .eventName(message)
            .list()) {
      engine.getRuntimeService().messageEventReceived(message, wait.getExecutionId(), variables);
    }
  }

  private static void fire(RunId run, String event) {
    engine
        .getManagementService()
        .executeJob(
            engine
                .getManagementService()
                .createJobQuery()
                .processInstanceId(people.instance(run))
                .timers()
                .activityId(event)
                .singleResult()
                .getId());
  }

  private static boolean ended(RunId run) {
    return engine
            .getRuntimeService()
            .createProcessInstanceQuery()
            .processInstanceBusinessKey(run.value())
            .count()
        == 0;
  }

  private static Optional<String> verdict(RunId run) {
    return people
        .trail
        .last(run, Evidence.kind(Evidence.VerdictReached.class))
        .map(
            entry -> {
              Report report = ((Evidence.VerdictReached) Evidence.read(entry)).report();
              return report.verdict().word() + " " + report.reason().code();
            });
  }

  private static void assertNotProven(RunId run) {
    assertThat(verdict(run).orElse("none")).doesNotStartWith("proven");
    assertThat(ended(run) ? people.end(run) : "")
        .as(String.join("\n", people.story(run)))
        .isNotEqualTo(Event.BACKUP_PROVEN);
  }
}
