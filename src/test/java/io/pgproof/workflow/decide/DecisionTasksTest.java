package io.pgproof.workflow.decide;

import static io.pgproof.workflow.decide.PeopleOnEngine.MONDAY;
import static io.pgproof.workflow.decide.PeopleOnEngine.TUESDAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.workflow.decide.DecisionForm.Choice;
import io.pgproof.workflow.decide.DecisionRefusedException.Why;
import io.pgproof.workflow.decide.DecisionTasks.Answers;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.VerifyBackup.Decision;
import io.pgproof.workflow.model.VerifyBackup.Event;
import io.pgproof.workflow.model.VerifyBackup.Variable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The service that lists tasks and decides them, with the rules of Tasklist. */
class DecisionTasksTest {
  private static final List<String> OPERATORS = List.of(Groups.OPERATORS);
  private static final List<String> APPROVERS = List.of(Groups.APPROVERS);

  private static final AtomicInteger TARGETS = new AtomicInteger();
  private static PeopleOnEngine people;

  @BeforeAll
  static void buildEngine() {
    people = new PeopleOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    people.close();
  }

  private RunId stale() {
    return people.run("tester", "task-" + TARGETS.incrementAndGet(), MONDAY, Reason.TOO_OLD);
  }

  private RunId refuted() {
    return people.run("tester", "task-" + TARGETS.incrementAndGet(), MONDAY, Reason.PAGE_CHECKSUM);
  }

  private DecisionTask task(RunId run) {
    return people.tasks.of(run).orElseThrow();
  }

  @Test
  void theTaskThatWaitsLongestComesFirst() {
    RunId stale = stale();
    people.pass(Duration.ofHours(1));
    RunId refuted = refuted();

    assertThat(people.tasks.open())
        .filteredOn(task -> List.of(stale, refuted).contains(task.run().orElseThrow()))
        .extracting(task -> task.run().orElseThrow(), DecisionTask::name, DecisionTask::group)
        .containsExactly(
            tuple(stale, "Review stale backup", Groups.OPERATORS),
            tuple(refuted, "Approve escalation", Groups.APPROVERS));
    assertThat(task(stale).escalatesAt())
        .contains(task(stale).openedAt().plus(Duration.ofHours(5)));
    assertThat(task(stale).claimedBy()).isEmpty();
  }

  @Test
  void theFormIsTheOneOfTasklist() {
    DecisionForm review = people.tasks.form(task(stale()));
    assertThat(review.decision().choices())
        .extracting(Choice::value)
        .containsExactly(Decision.ACCEPT, Decision.NEW_BACKUP, Decision.ESCALATE);
    assertThat(review.decision().choices().get(1).label()).isEqualTo("Ask for a new backup");
    assertThat(review.until().orElseThrow().label()).isEqualTo("Accept until");
    assertThat(review.reason().label()).isEqualTo("Reason for the decision");
    assertThat(review.reason().help()).startsWith("Required to accept");

    DecisionForm approval = people.tasks.form(task(refuted()));
    assertThat(approval.decision().choices())
        .extracting(Choice::value)
        .containsExactly(Decision.ESCALATE, Decision.VERIFY_AGAIN, Decision.DISMISS);
    assertThat(approval.until()).isEmpty();
  }

  @Test
  void theFactsAreThoseOfTheForm() {
    assertThat(people.tasks.facts(task(refuted())))
        .containsEntry(Variable.VERDICT, "refuted")
        .containsEntry(Variable.WORDS, "FATAL:  so it is")
        .containsEntry(Variable.TARGET_HISTORY, "no run before\nnever proven")
        .doesNotContainKey(Variable.JOINED_RUNS);
  }

  @Test
  void aDecisionEndsTheTask() {
    RunId run = stale();
    people.tasks.decide(
        task(run).id(), "otto", OPERATORS, new Answers(Decision.NEW_BACKUP, "", ""));
    assertThat(people.tasks.of(run)).isEmpty();
    assertThat(people.story(run)).contains("otto: decided in 'Review stale backup': newBackup");
  }

  @Test
  void aWaiverNeedsItsLastDayAndAReason() {
    RunId run = people.run("tester", "task-" + TARGETS.incrementAndGet(), TUESDAY, Reason.TOO_OLD);
    for (var wrong :
        Map.of(
                new Answers(Decision.ACCEPT, "", "2026-03-09"), "needs a reason",
                new Answers(Decision.ACCEPT, "a drill", ""), "needs an end",
                new Answers(Decision.ACCEPT, "a drill", "2031-01-01"), "allowed")
            .entrySet()) {
      refuses(run, "otto", OPERATORS, wrong.getKey(), Why.ANSWERS, wrong.getValue());
    }
    people.tasks.decide(
        task(run).id(), "otto", OPERATORS, new Answers(Decision.ACCEPT, "a drill", "2026-03-09"));
    assertThat(people.story(run))
        .contains("otto: accepted this backup until 2026-03-10 00:00:00 UTC, because: a drill");
  }

  @Test
  void onlyTheGroupDecidesAndOnlyWhatTheTaskOffers() {
    RunId run = refuted();
    Answers escalate = new Answers(Decision.ESCALATE, "", "");
    refuses(run, "otto", OPERATORS, escalate, Why.GROUP, Groups.APPROVERS);
    refuses(run, "aude", List.of(), escalate, Why.GROUP, Groups.APPROVERS);
    Answers accept = new Answers(Decision.ACCEPT, "so", "");
    refuses(run, "arne", APPROVERS, accept, Why.ANSWERS, "must be one of");
    refuses(run, "arne", APPROVERS, new Answers("", "", ""), Why.ANSWERS, "must be one of");
    assertThat(people.engine.getIdentityService().getCurrentAuthentication()).isNull();
  }

  @Test
  void fourEyesAreToldBeforeAndHeldAfterwards() {
    RunId run = stale();
    assertThat(people.tasks.refusals(task(run), "otto")).isEmpty();
    assertThat(people.tasks.refusals(task(run), "Tester").get(Decision.ACCEPT))
        .isEqualTo(
            "Tester requested run " + run + ", so another person must accept it (four eyes)");
    assertThatThrownBy(
            () ->
                people.tasks.decide(
                    task(run).id(),
                    "tester",
                    OPERATORS,
                    new Answers(Decision.ACCEPT, "mine", "2026-03-09")))
        .isInstanceOfSatisfying(
            DecisionRefusedException.class,
            refused -> {
              assertThat(refused.why()).isEqualTo(Why.FOUR_EYES);
              assertThat(refused).hasMessageEndingWith("(four eyes)");
              assertThat(refused.hint()).isEqualTo("let another operator decide, or escalate");
            });
  }

  @Test
  void aTaskThatWasDecidedIsRefusedInWords() {
    RunId run = stale();
    DecisionTask task = task(run);
    people.wait(Duration.ofHours(6));
    assertThat(people.tasks.of(run)).map(DecisionTask::name).contains("Approve escalation");
    assertThatThrownBy(
            () ->
                people.tasks.decide(
                    task.id(), "otto", OPERATORS, new Answers(Decision.NEW_BACKUP, "", "")))
        .isInstanceOf(DecisionRefusedException.class)
        .hasMessageContaining("no longer open")
        .extracting("why")
        .isEqualTo(Why.NOT_OPEN);
    assertThat(people.tasks.existed(task.id())).isTrue();
    assertThat(people.tasks.existed("no-task")).isFalse();
    people.wait(Duration.ofHours(6));
    assertThat(people.end(run)).isEqualTo(Event.BACKUP_ESCALATED);
    assertThat(people.tasks.of(run)).isEmpty();
  }

  private void refuses(
      RunId run, String person, List<String> groups, Answers answers, Why why, String said) {
    assertThatThrownBy(() -> people.tasks.decide(task(run).id(), person, groups, answers))
        .isInstanceOf(DecisionRefusedException.class)
        .hasMessageContaining(said)
        .extracting("why")
        .isEqualTo(why);
  }
}
