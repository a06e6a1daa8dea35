package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.Report;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.VerifyBackup.Decision;
import io.pgproof.workflow.model.VerifyBackup.Task;
import io.pgproof.workflow.model.VerifyBackup.Variable;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.BadUserRequestException;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What people are asked after a run, and what they may answer. */
@Tag("container")
class HumanTasksTest {
  private static final String STALE = "select timestamptz '2020-02-03 04:05:06Z'";

  @TempDir Path place;

  private Path backup;
  private TaskService tasks;
  private IdentityService identities;

  @BeforeEach
  void aBackupOfItsOwn() throws Exception {
    backup = TestEnvironment.copy(TestEnvironment.backup(15), place);
    tasks = TestEnvironment.daemon().application().getBean(TaskService.class);
    identities = TestEnvironment.daemon().application().getBean(IdentityService.class);
  }

  @AfterEach
  void nothingIsLeft() {
    identities.clearAuthentication();
    Remains.assertNone(TestEnvironment.state());
  }

  @Test
  void aStaleBackupIsAcceptedByAnOperatorWithAReason() throws Exception {
    // Of another backup than the other tests, for a waiver is of the backup, whatever its path.
    Path own = TestEnvironment.copy(TestEnvironment.backup(17), place.resolve("own"));
    Report stale = TestEnvironment.verify(TestEnvironment.request(own, STALE));
    String task = openTask(stale, Task.REVIEW_STALE_BACKUP);
    assertThat(tasks.getVariables(task))
        .containsEntry(Variable.VERDICT, "stale")
        .containsEntry(Variable.REASON, "too-old")
        .containsEntry(Variable.MAX_AGE_TEXT, "24 h");

    refuses(task, "nobody is logged in", Decision.ACCEPT, "it is Sunday");
    identities.setAuthentication("ada", List.of(Groups.APPROVERS));
    refuses(task, "ada", Decision.ACCEPT, "it is Sunday");
    identities.setAuthentication("otto", List.of(Groups.OPERATORS));
    refuses(task, "needs a reason", Decision.ACCEPT, " ");
    refuses(task, "must be one of", "whatever", "it is Sunday");
    refuses(task, "waivedUntil", Decision.ACCEPT, "it is Sunday");
    tasks.complete(
        task,
        Map.of(
            Variable.DECISION,
            Decision.ACCEPT,
            Variable.DECISION_REASON,
            "it is Sunday",
            Variable.WAIVED_UNTIL,
            LocalDate.now(ZoneOffset.UTC).plusDays(7).toString()));
    identities.clearAuthentication();

    awaitEnd(stale, "staleBackupAccepted");
    assertThat(happenings(stale))
        .anySatisfy(
            line -> {
              assertThat(line.actor()).isEqualTo("otto");
              assertThat(line.what())
                  .contains("accepted this backup until")
                  .contains("it is Sunday");
            });

    Report again =
        TestEnvironment.verify(
            TestEnvironment.request(TestEnvironment.copy(own, place.resolve("elsewhere")), STALE));
    assertThat(again.verdict().word()).isEqualTo("stale");
    awaitEnd(again, "backupWaived");
    assertThat(happenings(again))
        .anySatisfy(
            line ->
                assertThat(line.what())
                    .startsWith("waived: otto accepted this backup in run " + stale.run())
                    .contains("it is Sunday"));
  }

  @Test
  void aStaleBackupIsEscalatedToAnApprover() throws Exception {
    Report stale = TestEnvironment.verify(TestEnvironment.request(backup, STALE));
    String review = openTask(stale, Task.REVIEW_STALE_BACKUP);
    identities.setAuthentication("otto", List.of(Groups.OPERATORS));
    tasks.complete(
        review,
        Map.of(Variable.DECISION, Decision.ESCALATE, Variable.DECISION_REASON, "nobody told us"));
    identities.clearAuthentication();
    String task = openTask(stale, Task.APPROVE_ESCALATION);
    assertThat(tasks.getVariable(task, Variable.DECISION))
        .as("the operator's answer is not the approver's")
        .isNull();
    assertThat(tasks.getVariables(task))
        .containsEntry(Variable.HANDED_ON_BY, "otto")
        .containsEntry(Variable.HANDED_ON_REASON, "nobody told us");

    identities.setAuthentication("ada", List.of(Groups.APPROVERS));
    tasks.complete(task, Map.of(Variable.DECISION, Decision.ESCALATE));

    awaitEnd(stale, "backupEscalated");
  }

  @Test
  void aRefutedBackupIsDismissedWithAReasonAndNotWithoutOne() throws Exception {
    Report refuted = TestEnvironment.verify(TestEnvironment.request(backup, null, "select false"));
    String task = openTask(refuted, Task.APPROVE_ESCALATION);
    identities.setAuthentication("ada", List.of(Groups.APPROVERS));
    refuses(task, "needs a reason", Decision.DISMISS, null);
    tasks.complete(
        task,
        Map.of(
            Variable.DECISION,
            Decision.DISMISS,
            Variable.DECISION_REASON,
            "the assertion was wrong"));
    awaitEnd(refuted, "findingDismissed");
  }

  @Test
  void verifyAgainStartsANewRun() throws Exception {
    Report refuted = TestEnvironment.verify(TestEnvironment.request(backup, null, "select false"));
    String approval = openTask(refuted, Task.APPROVE_ESCALATION);
    identities.setAuthentication("ada", List.of(Groups.APPROVERS));
    tasks.complete(approval, Map.of(Variable.DECISION, Decision.VERIFY_AGAIN));
    identities.clearAuthentication();
    awaitEnd(refuted, "verificationBegunAgain");

    Reply.Runs latest = (Reply.Runs) TestEnvironment.ask(new Request.ListRuns(1));
    assertThat(latest.lines().get(0).run()).isNotEqualTo(refuted.run());
    assertThat(latest.lines().get(0).askedBy()).isEqualTo("ada");
    await()
        .until(
            () ->
                ((Reply.Runs) TestEnvironment.ask(new Request.ListRuns(1))).lines().get(0).verdict()
                    != null);
    await().until(TestEnvironment.daemon()::isIdle);
  }

  @Test
  void aSecondBadRunJoinsTheOpenTask() throws Exception {
    Report first = TestEnvironment.verify(TestEnvironment.request(backup, null, "select false"));
    String task = openTask(first, Task.APPROVE_ESCALATION);

    Report second = TestEnvironment.verify(TestEnvironment.request(backup, STALE));
    awaitEnd(second, "openTaskJoined");

    assertThat(tasks.createTaskQuery().processInstanceBusinessKey(second.run()).count()).isZero();
    assertThat(happenings(first))
        .anySatisfy(line -> assertThat(line.what()).contains(second.run()).contains("joined"));
    identities.setAuthentication("ada", List.of(Groups.APPROVERS));
    tasks.complete(task, Map.of(Variable.DECISION, Decision.ESCALATE));
    identities.clearAuthentication();

    Report third = TestEnvironment.verify(TestEnvironment.request(backup, STALE));
    openTask(third, Task.REVIEW_STALE_BACKUP);
  }

  @Test
  void aRefutedRunReplacesAReview() throws Exception {
    Report stale = TestEnvironment.verify(TestEnvironment.request(backup, STALE));
    openTask(stale, Task.REVIEW_STALE_BACKUP);

    Report refuted = TestEnvironment.verify(TestEnvironment.request(backup, STALE, "select false"));

    String task = openTask(refuted, Task.APPROVE_ESCALATION);
    awaitEnd(stale, "openTaskJoined");
    assertThat((String) tasks.getVariable(task, Variable.JOINED_RUNS)).contains(stale.run());
  }

  @Test
  void evidenceCannotBeChangedOrDeleted() {
    Report report = TestEnvironment.verify(TestEnvironment.request(backup));
    JdbcTemplate database = TestEnvironment.daemon().application().getBean(JdbcTemplate.class);
    assertThatThrownBy(
            () ->
                database.update(
                    "update pgproof_evidence set actor = 'nobody' where run = ?", report.run()))
        .isInstanceOf(DataAccessException.class)
        .rootCause()
        .hasMessageContaining("insert-only");
    assertThatThrownBy(
            () -> database.update("delete from pgproof_evidence where run = ?", report.run()))
        .isInstanceOf(DataAccessException.class)
        .rootCause()
        .hasMessageContaining("insert-only");
    assertThat(TestEnvironment.ask(new Request.ShowRun(report.run())))
        .isInstanceOfSatisfying(Reply.Run.class, run -> assertThat(run.report()).isEqualTo(report));
  }

  private String openTask(Report report, String key) throws InterruptedException {
    await().until(TestEnvironment.daemon()::isIdle);
    return tasks
        .createTaskQuery()
        .processInstanceBusinessKey(report.run())
        .taskDefinitionKey(key)
        .singleResult()
        .getId();
  }

  private void refuses(String task, String because, String decision, String reason) {
    Map<String, Object> answers =
        reason == null
            ? Map.of(Variable.DECISION, decision)
            : Map.of(Variable.DECISION, decision, Variable.DECISION_REASON, reason);
    assertThatThrownBy(() -> tasks.complete(task, answers))
        .isInstanceOfAny(BadUserRequestException.class, ProcessEngineException.class)
        .hasMessageContaining(because);
  }

  private void awaitEnd(Report report, String event) throws InterruptedException {
    HistoryService history = TestEnvironment.daemon().application().getBean(HistoryService.class);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        history
                            .createHistoricActivityInstanceQuery()
                            .activityId(event)
                            .list()
                            .stream()
                            .map(
                                ended ->
                                    history
                                        .createHistoricProcessInstanceQuery()
                                        .processInstanceId(ended.getProcessInstanceId())
                                        .singleResult()
                                        .getBusinessKey()))
                    .contains(report.run()));
  }

  private static List<io.pgproof.evidence.RunHistory.Happening> happenings(Report report) {
    return ((Reply.Run) TestEnvironment.ask(new Request.ShowRun(report.run()))).happenings();
  }
}
