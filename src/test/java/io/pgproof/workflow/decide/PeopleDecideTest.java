package io.pgproof.workflow.decide;

import static io.pgproof.workflow.decide.PeopleOnEngine.MONDAY;
import static io.pgproof.workflow.decide.PeopleOnEngine.TUESDAY;
import static io.pgproof.workflow.model.VerifyBackup.Decision.*;
import static io.pgproof.workflow.model.VerifyBackup.Task.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.PersonIds;
import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.VerifyBackup.Event;
import io.pgproof.workflow.model.VerifyBackup.Variable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What people may decide, who may not, and what becomes of it, with all parts real from the verdict
 * on.
 */
class PeopleDecideTest {
  private static final List<String> BOTH =
      List.of(Groups.OPERATORS, Groups.APPROVERS, "camunda-admin");
  private static final AtomicInteger TARGETS = new AtomicInteger();
  private static PeopleOnEngine people;
  private String target;

  @BeforeAll
  static void buildEngine() {
    people = new PeopleOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    people.close();
  }

  @BeforeEach
  void aTargetOfItsOwn() {
    target = "shop-" + TARGETS.incrementAndGet();
  }

  @Test
  void anAcceptedStaleBackupIsWaivedUntilTheGivenDay() {
    RunId first = stale("tester");
    accept(first, "otto", 30);

    assertThat(people.end(first)).isEqualTo(Event.STALE_BACKUP_ACCEPTED);
    assertThat(people.story(first))
        .contains(
            "otto: accepted this backup until 2026-04-01 00:00:00 UTC, because: it is Sunday");

    people.wait(Duration.ofDays(29));
    RunId second = people.run("tester", "elsewhere-" + target, fresh(MONDAY), Reason.TOO_OLD);
    assertThat(people.end(second)).isEqualTo(Event.BACKUP_WAIVED);
    assertThat(people.entries(second, Evidence.TaskOpened.class)).isEmpty();
    assertThat(people.story(second))
        .contains(
            "pgproof: verdict: stale (too-old)",
            "pgproof: waived: otto accepted this backup in run "
                + first
                + " until 2026-04-01 00:00:00 UTC, because: it is Sunday");

    people.wait(Duration.ofDays(2));
    RunId third = stale("tester");
    assertThat(people.task(third).getTaskDefinitionKey())
        .as("the waiver has expired")
        .isEqualTo(REVIEW_STALE_BACKUP);
    people.decide(third, "otto", List.of(Groups.OPERATORS), Map.of(Variable.DECISION, NEW_BACKUP));
  }

  @Test
  void aWaiverCoversOnlyTheAgeOfOneBackup() {
    accept(stale("tester"), "otto", 30);

    RunId other = people.run("tester", target, fresh(TUESDAY), Reason.TOO_OLD);
    assertThat(people.task(other).getTaskDefinitionKey())
        .as("another backup in the same place")
        .isEqualTo(REVIEW_STALE_BACKUP);
    people.decide(other, "otto", List.of(Groups.OPERATORS), Map.of(Variable.DECISION, NEW_BACKUP));
    for (Reason reason : List.of(Reason.PAGE_CHECKSUM, Reason.QUERY_FAILED)) {
      RunId worse = people.run("tester", target, fresh(MONDAY), reason);
      assertThat(people.task(worse).getTaskDefinitionKey())
          .as(reason.code())
          .isEqualTo(APPROVE_ESCALATION);
      escalate(worse, "ada");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "2026-02-30", "-1", "0", "366", "01.04.2026"})
  void aWaiverEndsBetweenTomorrowAndAYearFromNow(String end) {
    RunId run = stale("tester");
    String day = end.matches("-?[0-9]+") ? day(Integer.parseInt(end)) : end;

    refuses(
        run,
        "otto",
        List.of(Groups.OPERATORS),
        "waivedUntil",
        answers(ACCEPT, "it is Sunday", day));

    assertThat(people.entries(run, Evidence.Decided.class)).isEmpty();
    accept(run, "otto", 365);
  }

  @ParameterizedTest
  @ValueSource(strings = {"otto", "Otto", " OTTO"})
  void thePersonWhoAskedForTheRunCannotAccept(String asker) {
    RunId run = stale(asker);
    people
        .engine
        .getTaskService()
        .setVariable(people.task(run).getId(), Variable.ASKED_BY, "somebody");
    Map<String, Object> answers = new HashMap<>(answers(ACCEPT, "it is Sunday", day(3)));
    answers.put(Variable.ASKED_BY, "somebody");

    refuses(
        run,
        "otto",
        BOTH,
        "otto requested run " + run + ", so another person must accept it (four eyes)",
        answers);

    accept(run, "olga", 3);
  }

  @Test
  void thePersonWhoAskedForTheRunCannotDismiss() {
    RunId run = refuted("ada");
    refusesToDismiss(run, "ada", "requested run " + run);
    dismiss(run, "anna");
    assertThat(people.end(run)).isEqualTo(Event.FINDING_DISMISSED);
    assertThat(people.story(run))
        .contains("anna: decided in 'Approve escalation': dismiss, because: a drill");
  }

  @Test
  void aPersonOfTheProviderIsKnownByIssuerAndSubject() {
    String maria = PersonIds.of("https://id", "17", "maria");
    RunId run = refuted(maria);
    refusesToDismiss(run, PersonIds.of("https://id", "17", "maria.lind"), "requested run " + run);
    dismiss(run, PersonIds.of("https://id", "18", "maria"));
    assertThat(people.end(run)).isEqualTo(Event.FINDING_DISMISSED);
  }

  @Test
  void whoAskedByCommandCannotDismissAsAPersonOfTheProvider() {
    RunId run = refuted(PeopleOnEngine.MACHINE_USER);
    refusesToDismiss(run, PeopleOnEngine.MACHINE_USER_AT_PROVIDER, "requested run " + run);
    dismiss(run, PersonIds.of("https://id", "18", PeopleOnEngine.MACHINE_USER));
    assertThat(people.end(run)).isEqualTo(Event.FINDING_DISMISSED);
  }

  @Test
  void aLocalUserIsNobodyOfTheSameNameAtTheProvider() {
    RunId run = refuted(PersonIds.of("https://id", "18", "ada"));
    dismiss(run, "ada");
    assertThat(people.end(run)).isEqualTo(Event.FINDING_DISMISSED);
  }

  @Test
  void thePersonWhoAskedForTheRunMayEscalate() {
    RunId run = refuted("ada");
    escalate(run, "ada");
    assertThat(people.end(run)).isEqualTo(Event.BACKUP_ESCALATED);
  }

  @Test
  void thePersonWhoEscalatedAReviewCannotDismiss() {
    RunId run = stale("tester");
    people.decide(run, "otto", BOTH, answers(ESCALATE, "nobody told us", null));
    assertThat(people.variable(run, Variable.HANDED_ON_BY)).isEqualTo("otto");

    refusesToDismiss(run, "otto", "decided the review");
    dismiss(run, "ada");
  }

  @Test
  void thePersonWhoAcceptedTheBackupBeforeCannotDismiss() {
    RunId accepted = people.run("tester", target, fresh(MONDAY), Reason.TOO_OLD);
    accept(accepted, "otto", 2);
    people.wait(Duration.ofDays(10));

    RunId bad = refuted("tester");
    refusesToDismiss(bad, "otto", "accepted this backup in run " + accepted);
    dismiss(bad, "ada");
  }

  @Test
  void thePersonWhoAskedForAJoinedRunCannotDismiss() {
    RunId run = refuted("tester");
    RunId joined = refuted("ada");
    assertThat(people.end(joined)).isEqualTo(Event.OPEN_TASK_JOINED);

    refusesToDismiss(run, "ada", "requested run " + joined);
    dismiss(run, "anna");
  }

  @Test
  void onlyADecisionLeavesATask() {
    RunId run = refuted("tester");
    TaskService tasks = people.engine.getTaskService();
    String task = people.task(run).getId();
    people.engine.getIdentityService().setAuthentication("ada", List.of(Groups.APPROVERS));
    try {
      assertThatThrownBy(() -> tasks.handleBpmnError(task, "finding"))
          .isInstanceOf(ProcessEngineException.class);
      assertThatThrownBy(() -> tasks.handleEscalation(task, "any"))
          .isInstanceOf(ProcessEngineException.class);
      assertThatThrownBy(
              () ->
                  people
                      .engine
                      .getFormService()
                      .submitTaskForm(task, Map.of(Variable.DECISION, DISMISS)))
          .hasMessageContaining("needs a reason");
    } finally {
      people.engine.getIdentityService().clearAuthentication();
    }
    assertThat(people.task(run).getId()).isEqualTo(task);
    escalate(run, "ada");
  }

  @ParameterizedTest
  @CsvSource({"TOO_OLD, Review stale backup, stale", "WAL_MISSING, Approve escalation, refuted"})
  void theDeletionOfAnUndecidedRunIsRecordedAndReported(
      Reason reason, String task, String verdict) {
    RunId run = people.run("tester", target, fresh(MONDAY), reason);
    people.engine.getRuntimeService().setVariable(people.instance(run), Variable.TELL, target);

    // With all that a deletion may leave out; by this reason the engine itself tells a task that
    // was completed.
    deletes(
        "root",
        () ->
            people
                .engine
                .getRuntimeService()
                .deleteProcessInstance(people.instance(run), "completed", true, true, true));

    assertThat(people.story(run))
        .endsWith(
            "root: deleted the run with its task '"
                + task
                + "', so nobody decides about the verdict "
                + verdict
                + " ("
                + reason.code()
                + "), because: completed");
    assertThat(people.messages(target))
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.event()).isEqualTo("decision-taken-away");
              assertThat(message.subject())
                  .isEqualTo("TAKEN AWAY " + target + ": " + task + ", by root");
              assertThat(message.lead())
                  .endsWith(
                      "was deleted by root, so nobody decides: the backup of "
                          + target
                          + " is still "
                          + verdict);
            });
    assertThat(people.isFree(run)).isTrue();
  }

  @Test
  void theDeletionOfARunBetweenReviewAndEscalationIsRecorded() {
    RunId run = stale("tester");
    people.engine.getIdentityService().setAuthentication("otto", List.of(Groups.OPERATORS));
    try {
      people
          .engine
          .getTaskService()
          .complete(people.task(run).getId(), answers(ESCALATE, null, null));
    } finally {
      people.engine.getIdentityService().clearAuthentication();
    }
    assertThat(people.task(run)).isNull();

    people.engine.getRuntimeService().deleteProcessInstance(people.instance(run), null);

    assertThat(people.story(run))
        .endsWith(
            "unknown: deleted the run with its task 'Review stale backup', so nobody decides about the verdict stale (too-old)");
  }

  @Test
  void thePersonWhoDeletesRunsInABatchIsRecorded() {
    RunId run = refuted("tester");
    deletes(
        "root",
        () ->
            people
                .engine
                .getRuntimeService()
                .deleteProcessInstancesAsync(List.of(people.instance(run)), "all of it"));
    people.workBatches();

    assertThat(people.entries(run, Evidence.DecisionTakenAway.class))
        .extracting(EvidenceEntry::actor)
        .containsExactly("root");
  }

  @Test
  void endsOfTheModelAreNotRecordedAsDeletions() {
    RunId decided = refuted("tester");
    dismiss(decided, "ada");
    RunId replaced = stale("tester");
    RunId unanswered = refuted("tester");
    people.wait(Duration.ofHours(6));
    RunId handedOn = stale("tester");
    people.wait(Duration.ofHours(11));

    assertThat(Stream.of(decided, replaced, unanswered, handedOn).map(people::end))
        .containsExactly(
            Event.FINDING_DISMISSED,
            Event.OPEN_TASK_JOINED,
            Event.BACKUP_ESCALATED,
            Event.BACKUP_ESCALATED);
    assertThat(people.trail.latest(Evidence.kind(Evidence.DecisionTakenAway.class), 100))
        .extracting(EvidenceEntry::run)
        .doesNotContain(decided, replaced, unanswered, handedOn);
    RunId proven = people.run("tester", target, fresh(MONDAY), Reason.FRESH);
    assertThat(people.end(proven)).isEqualTo(Event.BACKUP_PROVEN);
  }

  private static void deletes(String person, Runnable deletion) {
    people.engine.getIdentityService().setAuthentication(person, List.of("camunda-admin"));
    try {
      deletion.run();
    } finally {
      people.engine.getIdentityService().clearAuthentication();
    }
  }

  @Test
  void aRequestForANewBackupFreesTheTargetForANewTask() {
    RunId run = stale("tester");
    people.decide(
        run, "otto", List.of(Groups.OPERATORS), answers(NEW_BACKUP, "the source was down", null));
    assertThat(people.end(run)).isEqualTo(Event.NEW_BACKUP_ASKED_FOR);
    assertThat(people.isFree(run)).isTrue();

    RunId next = stale("tester");
    assertThat(people.task(next)).isNotNull();
    escalate(escalate(next, "otto", Groups.OPERATORS), "ada");
  }

  @Test
  void tenBadRunsOfATargetShareOneTask() {
    long open = people.openTasks();
    RunId first = refuted("tester");
    for (int i = 0; i < 8; i++) {
      refuted("tester");
    }
    RunId last = people.run("tester", target, fresh(MONDAY), Reason.TOO_OLD);

    assertThat(people.openTasks()).isEqualTo(open + 1);
    assertThat((String) people.variable(first, Variable.JOINED_RUNS))
        .startsWith("9 runs\nthe newest: " + last + ", stale (too-old)")
        .contains("\nthe worst: ")
        .contains("refuted (wal-missing)");
    escalate(first, "ada");
  }

  @ParameterizedTest
  @ValueSource(strings = {"WAL_MISSING", "DISK_FULL"})
  void aWorseRunReplacesAReview(String reason) {
    RunId stale = stale("tester");
    RunId alsoStale = stale("tester");
    RunId worse = people.run("tester", target, fresh(MONDAY), Reason.valueOf(reason));

    assertThat(people.end(stale)).isEqualTo(Event.OPEN_TASK_JOINED);
    assertThat(people.story(stale)).contains("pgproof: joined the open task of run " + worse);
    assertThat(people.task(worse).getTaskDefinitionKey()).isEqualTo(APPROVE_ESCALATION);
    assertThat(people.variable(worse, Variable.JOINED_RUNS))
        .asString()
        .startsWith("2 runs\nthe newest: " + stale);
    assertThat(people.story(worse))
        .anyMatch(line -> line.contains("run " + alsoStale + " joined: stale"));

    RunId next = refuted("tester");
    assertThat(people.end(next)).isEqualTo(Event.OPEN_TASK_JOINED);
    assertThat(people.entries(worse, Evidence.RunJoined.class)).hasSize(3);
    escalate(worse, "ada");
  }

  @Test
  void aWorseRunJoinsAnEscalatedStaleRun() {
    RunId stale = escalate(stale("tester"), "otto", Groups.OPERATORS);
    RunId worse = refuted("tester");

    assertThat(people.end(worse)).isEqualTo(Event.OPEN_TASK_JOINED);
    assertThat(people.variable(stale, Variable.JOINED_RUNS))
        .asString()
        .contains(worse + ", refuted (wal-missing)");
    escalate(stale, "ada");
  }

  @Test
  void anUndecidedTaskIsEscalatedAutomatically() {
    RunId run = stale("tester");
    people.wait(Duration.ofHours(4));
    assertThat(people.entries(run, Evidence.Reminded.class)).hasSize(2);
    assertThat(people.story(run))
        .anyMatch(
            line ->
                line.startsWith(
                    "pgproof: reminded backup-operators of 'Review stale backup', undecided since "));

    people.wait(Duration.ofHours(1));
    assertThat(people.task(run).getTaskDefinitionKey()).isEqualTo(APPROVE_ESCALATION);
    assertThat(people.variable(run, Variable.HANDED_ON_BY)).isEqualTo("pgproof");
    assertThat(people.variable(run, Variable.HANDED_ON_REASON))
        .isEqualTo("nobody decided within 5 h");

    people.wait(Duration.ofHours(6));
    assertThat(people.end(run)).isEqualTo(Event.BACKUP_ESCALATED);
    assertThat(people.story(run))
        .endsWith(
            "pgproof: nobody decided within 5 h in 'Approve escalation', so it was escalated");
    assertThat(people.entries(run, Evidence.Reminded.class)).hasSize(4);
    assertThat(people.entries(run, Evidence.Decided.class)).isEmpty();
    assertThat(people.isFree(run)).isTrue();
    assertThat(people.task(refuted("tester"))).as("the next bad run opens a new task").isNotNull();
  }

  @Test
  void aReviewDecisionCannotDelayTheEscalation() {
    RunId run = stale("tester");
    Map<String, Object> answers = new HashMap<>(answers(ESCALATE, "nobody told us", null));
    answers.put(Variable.ESCALATE_AFTER, "P100D");
    answers.put(Variable.REMIND_AFTER, "P100D");
    people.decide(run, "otto", List.of(Groups.OPERATORS), answers);

    people.wait(Duration.ofHours(5));

    assertThat(people.end(run)).isEqualTo(Event.BACKUP_ESCALATED);
    assertThat(people.entries(run, Evidence.Reminded.class)).hasSize(2);
  }

  @Test
  void theFormsShowTheFindingItsAgeAndEarlierRuns() {
    RunId proven = people.run("tester", target, fresh(MONDAY), Reason.FRESH);
    RunId bad = refuted("tester");
    escalate(bad, "ada");
    RunId run = stale("tester");

    assertThat(people.engine.getTaskService().getVariables(people.task(run).getId()))
        .containsEntry(Variable.AGE_TEXT, "30 h")
        .containsEntry(Variable.STALE_BY, "6 h")
        .containsEntry(
            Variable.STALE_SINCE, HumanFormat.time(people.now().minus(Duration.ofHours(6))))
        .containsEntry(Variable.NEWEST, HumanFormat.time(people.now().minus(Duration.ofHours(30))))
        .containsEntry(
            Variable.NEWEST_SOURCE, "select max(placed_at) from orders (in the database postgres)")
        .containsEntry(Variable.EVIDENCE, "./pgproof show " + run)
        .containsEntry(
            Variable.DECIDE_BY, HumanFormat.time(people.now().plus(Duration.ofHours(5))));
    assertThat(people.variable(run, Variable.TARGET_HISTORY))
        .asString()
        .matches(
            "[0-9: -]+ UTC  refuted \\(wal-missing\\)  run "
                + bad
                + "\n[0-9: -]+ UTC  proven \\(fresh\\)  run "
                + proven
                + "\nlast proven [0-9: -]+ UTC");
    escalate(escalate(run, "otto", Groups.OPERATORS), "ada");
  }

  /** A backup of this target's own, so that no other test's waiver is of it. */
  private Report.BackupFacts fresh(Report.BackupFacts like) {
    return new Report.BackupFacts(
        "/backups/" + target,
        like.format(),
        like.postgresVersion(),
        String.valueOf(7420000000000000000L + TARGETS.get()),
        like.startTime(),
        like.startLsn(),
        like.bytes(),
        List.of(),
        null);
  }

  private RunId stale(String asker) {
    return people.run(asker, target, fresh(MONDAY), Reason.TOO_OLD);
  }

  private RunId refuted(String asker) {
    return people.run(asker, target, fresh(MONDAY), Reason.WAL_MISSING);
  }

  private void accept(RunId run, String person, int days) {
    people.decide(
        run, person, List.of(Groups.OPERATORS), answers(ACCEPT, "it is Sunday", day(days)));
  }

  private void dismiss(RunId run, String person) {
    people.decide(run, person, List.of(Groups.APPROVERS), answers(DISMISS, "a drill", null));
  }

  private void escalate(RunId run, String person) {
    escalate(run, person, Groups.APPROVERS);
  }

  private RunId escalate(RunId run, String person, String group) {
    people.decide(run, person, List.of(group), Map.of(Variable.DECISION, ESCALATE));
    return run;
  }

  private void refusesToDismiss(RunId run, String person, String because) {
    refuses(run, person, BOTH, because, answers(DISMISS, "a drill", null));
    assertThat(people.task(run).getTaskDefinitionKey()).isEqualTo(APPROVE_ESCALATION);
  }

  private void refuses(
      RunId run, String person, List<String> groups, String because, Map<String, Object> answers) {
    String task = people.task(run).getId();
    assertThatThrownBy(() -> people.decide(run, person, groups, answers))
        .hasMessageContaining(because);
    assertThat(people.task(run).getId()).isEqualTo(task);
  }

  private static Map<String, Object> answers(String decision, String reason, String until) {
    Map<String, Object> answers = new HashMap<>();
    answers.put(Variable.DECISION, decision);
    answers.put(Variable.DECISION_REASON, reason);
    answers.put(Variable.WAIVED_UNTIL, until);
    return answers;
  }

  private static String day(int fromNow) {
    return people.now().plus(Duration.ofDays(fromNow)).toString().substring(0, 10);
  }
}
