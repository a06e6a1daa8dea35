package io.pgproof.workflow.decide;

import static io.pgproof.workflow.model.VerifyBackup.Decision.*;
import static io.pgproof.workflow.model.VerifyBackup.Step.INSPECT_BACKUP;
import static io.pgproof.workflow.model.VerifyBackup.Task.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.workflow.model.FakeSteps;
import io.pgproof.workflow.model.ModelOnEngine;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.model.VerifyBackup.ErrorCode;
import io.pgproof.workflow.model.VerifyBackup.Event;
import io.pgproof.workflow.model.VerifyBackup.Step;
import io.pgproof.workflow.model.VerifyBackup.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.task.Task;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyBackupDecisionsTest {
  private static ModelOnEngine model;

  @BeforeAll
  static void buildEngine() {
    model = new ModelOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    model.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuted", "inconclusive"})
  void anUnprovenBackupGoesToTheApprovers(String verdict) {
    goToTask(verdict);

    assertThat(model.task().getTaskDefinitionKey()).isEqualTo(APPROVE_ESCALATION);
    assertThat(candidates(model.task())).containsExactly("backup-approvers");
    assertThat(model.steps.opened).containsExactly(APPROVE_ESCALATION);
  }

  @Test
  void anAcceptedStaleBackupEndsWithTheOperators() {
    goToTask("stale");
    assertThat(model.task().getTaskDefinitionKey()).isEqualTo(REVIEW_STALE_BACKUP);
    assertThat(candidates(model.task())).containsExactly("backup-operators");

    model.decide(ACCEPT);

    assertThat(model.end()).isEqualTo(Event.STALE_BACKUP_ACCEPTED);
    assertThat(model.steps.decided).containsExactly(REVIEW_STALE_BACKUP + " " + ACCEPT);
  }

  @Test
  void anEscalatedStaleBackupGoesToTheApprovers() {
    goToTask("stale");
    model.decide(ESCALATE);

    assertThat(model.task().getTaskDefinitionKey()).isEqualTo(APPROVE_ESCALATION);
    assertThat(model.steps.opened).containsExactly(REVIEW_STALE_BACKUP, APPROVE_ESCALATION);
  }

  @Test
  void aNewBackupMayBeRequested() {
    goToTask("stale");
    model.decide(NEW_BACKUP);

    assertThat(model.end()).isEqualTo(Event.NEW_BACKUP_ASKED_FOR);
  }

  @Test
  void aWaivedStaleBackupOpensNoTask() {
    goToTask("stale", true);

    assertThat(model.end()).isEqualTo(Event.BACKUP_WAIVED);
    assertThat(model.steps.opened).isEmpty();
    assertThat(model.steps.done).doesNotContain(Step.JOIN_OPEN_TASK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"refuted", "inconclusive"})
  void onlyStaleBackupsAreWaived(String verdict) {
    goToTask(verdict, true);

    assertThat(model.task().getTaskDefinitionKey()).isEqualTo(APPROVE_ESCALATION);
    assertThat(model.steps.done).doesNotContain(Step.LOOK_FOR_WAIVER);
  }

  @ParameterizedTest
  @CsvSource({"stale, reviewReminderDue", "refuted, approvalReminderDue"})
  void peopleWhoDoNotDecideAreRemindedRepeatedly(String verdict, String timer) {
    goToTask(verdict);
    String task = model.task().getId();
    assertThat(model.timer(timer).getDuedate().toInstant())
        .isEqualTo(model.now().plusSeconds(4 * 3600));

    for (int reminder = 1; reminder <= 3; reminder++) {
      model.pass(4 * 3600);
      model.fire(timer);
      assertThat(model.passed(Event.PEOPLE_REMINDED)).isEqualTo(reminder);
      assertThat(model.task().getId()).isEqualTo(task);
    }
    model.decide(ESCALATE);
    assertThat(model.timer(timer)).as("who decided is left alone").isNull();
  }

  @Test
  void anUndecidedReviewGoesToTheApprovers() {
    goToTask("stale");
    assertThat(model.timer(Event.REVIEW_OVERDUE).getDuedate().toInstant())
        .isEqualTo(model.now().plusSeconds(24 * 3600));

    model.fire(Event.REVIEW_OVERDUE);

    assertThat(model.steps.done).endsWith(Step.HAND_ON_REVIEW);
    assertThat(model.task().getTaskDefinitionKey()).isEqualTo(APPROVE_ESCALATION);
    assertThat(model.steps.decided).isEmpty();
  }

  @Test
  void anUndecidedEscalationIsEscalated() {
    goToTask("refuted");
    assertThat(model.timer(Event.APPROVAL_OVERDUE).getDuedate().toInstant())
        .isEqualTo(model.now().plusSeconds(24 * 3600));

    model.fire(Event.APPROVAL_OVERDUE);

    assertThat(model.steps.done).endsWith(Step.ESCALATE_UNANSWERED_TASK);
    assertThat(model.end()).isEqualTo(Event.BACKUP_ESCALATED);
  }

  @Test
  void aWorseRunEndsAReview() {
    goToTask("stale");
    model.send(VerifyBackup.Message.WORSE_RUN_CAME);

    assertThat(model.end()).isEqualTo(Event.OPEN_TASK_JOINED);
    assertThat(model.steps.decided).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "escalate, backupEscalated",
    "verifyAgain, verificationBegunAgain",
    "dismiss, findingDismissed"
  })
  void eachApproverDecisionHasItsEnd(String decision, String end) {
    goToTask("refuted");
    model.decide(decision);

    assertThat(model.end()).isEqualTo(end);
    assertThat(model.steps.done.contains(Step.VERIFY_AGAIN))
        .isEqualTo(decision.equals(VERIFY_AGAIN));
  }

  @Test
  void aRunOfATargetWithAnOpenTaskJoinsIt() {
    model.start(
        "refuted",
        () -> {
          model.steps.script(INSPECT_BACKUP, FakeSteps.error(ErrorCode.FINDING));
          model.steps.script(
              Step.JOIN_OPEN_TASK, execution -> execution.setVariable(Variable.JOINED, true));
        });

    assertThat(model.end()).isEqualTo(Event.OPEN_TASK_JOINED);
    assertThat(model.steps.opened).isEmpty();
  }

  @Test
  void aRunBetweenReviewAndEscalationJoinsTheFirst() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    JoinOpenTask join =
        new JoinOpenTask(
            new EvidenceLog(database, Clock.systemUTC()),
            new OpenTasks(database),
            model.engine.getRuntimeService());
    goToTask("stale", join);
    String first = model.run();
    model
        .engine
        .getTaskService()
        .complete(model.task().getId(), Map.of(Variable.DECISION, ESCALATE));
    assertThat(model.task()).as("the approver's task is not made yet").isNull();

    goToTask("stale", join);

    assertThat(model.end()).isEqualTo(Event.OPEN_TASK_JOINED);
    model.engine.getRuntimeService().deleteProcessInstance(first, "by hand");
    goToTask("stale", join);
    assertThat(model.task().getTaskDefinitionKey())
        .as("nobody decides in a run that is gone")
        .isEqualTo(REVIEW_STALE_BACKUP);
  }

  @Test
  void aRefusedCompletionLeavesTheTaskOpen() {
    goToTask("refuted");
    String task = model.task().getId();

    assertThatThrownBy(() -> model.engine.getTaskService().complete(task))
        .hasMessageContaining("a decision is needed");
    assertThat(model.task().getId()).isEqualTo(task);
  }

  @Test
  void anUnknownDecisionIsAnIncident() {
    goToTask("refuted");
    model.decide("shrug");

    assertThat(model.end()).isNull();
    assertThat(model.incidents()).hasSize(1);
  }

  @Test
  void stepsAfterATaskRunInTheirOwnJob() {
    goToTask("refuted");
    model
        .engine
        .getTaskService()
        .complete(model.task().getId(), Map.of(Variable.DECISION, VERIFY_AGAIN));

    assertThat(model.passed(Event.VERIFICATION_BEGUN_AGAIN)).isZero();
    assertThat(model.nextJob()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"stale, review-stale-backup", "refuted, approve-escalation"})
  void formsAreDeployedAndShowOnlyExistingVariables(String verdict, String id) throws Exception {
    goToTask(verdict);
    JsonNode form;
    try (InputStream deployed =
        model.engine.getFormService().getDeployedTaskForm(model.task().getId())) {
      form = new ObjectMapper().readTree(deployed);
    }

    assertThat(form.path("id").asText()).isEqualTo(id);
    List<String> shown = new ArrayList<>();
    for (JsonNode component : form.path("components")) {
      if (component.has("key")) {
        shown.add(component.path("key").asText());
        // What a form asks for is sent back with it: a fact among that could overwrite the
        // evidence.
        assertThat(component.path("key").asText())
            .isIn(Variable.DECISION, Variable.DECISION_REASON, Variable.WAIVED_UNTIL);
      }
      Matcher named =
          Pattern.compile("\\{\\{(?:#if )?(\\w+)").matcher(component.path("content").asText());
      while (named.find()) {
        shown.add(named.group(1));
      }
    }
    assertThat(variables()).containsAll(shown);
    assertThat(shown)
        .contains(
            Variable.RUN,
            Variable.VERDICT,
            Variable.WORDS,
            Variable.DECISION,
            Variable.DECISION_REASON);
  }

  @Test
  void formsOfferExactlyTheDecisionsOfTheModel() throws Exception {
    assertThat(offered("review-stale-backup")).containsExactly(ACCEPT, NEW_BACKUP, ESCALATE);
    assertThat(offered("approve-escalation")).containsExactly(ESCALATE, VERIFY_AGAIN, DISMISS);
  }

  private static List<String> offered(String form) throws IOException {
    List<String> values = new ArrayList<>();
    try (InputStream file = VerifyBackup.class.getResourceAsStream("/bpmn/" + form + ".form")) {
      for (JsonNode field : new ObjectMapper().readTree(file).path("components")) {
        if (field.path("key").asText().equals(Variable.DECISION)) {
          assertThat(field.path("validate").path("required").asBoolean()).isTrue();
          field.path("values").forEach(value -> values.add(value.path("value").asText()));
        }
      }
    }
    return values;
  }

  private static List<String> variables() throws IllegalAccessException {
    List<String> names = new ArrayList<>();
    for (Field field : Variable.class.getFields()) {
      names.add((String) field.get(null));
    }
    return names;
  }

  private static Set<String> candidates(Task task) {
    return model.engine.getTaskService().getIdentityLinksForTask(task.getId()).stream()
        .map(IdentityLink::getGroupId)
        .collect(Collectors.toSet());
  }

  private static void goToTask(String verdict) {
    model.start(
        verdict, () -> model.steps.script(INSPECT_BACKUP, FakeSteps.error(ErrorCode.FINDING)));
  }

  private static void goToTask(String verdict, boolean waived) {
    model.start(
        verdict,
        () -> {
          model.steps.script(INSPECT_BACKUP, FakeSteps.error(ErrorCode.FINDING));
          model.steps.script(
              Step.LOOK_FOR_WAIVER, execution -> execution.setVariable(Variable.WAIVED, waived));
        });
  }

  private static void goToTask(String verdict, JoinOpenTask join) {
    model.begin(
        verdict,
        Map.of(Variable.BACKUP_KEY, "one backup", Variable.REASON, "too-old"),
        () -> {
          model.steps.script(INSPECT_BACKUP, FakeSteps.error(ErrorCode.FINDING));
          model.steps.script(Step.JOIN_OPEN_TASK, join::execute);
        });
    model.work();
  }
}
