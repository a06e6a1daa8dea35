package io.pgproof.workflow.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.ReviewHistory;
import io.pgproof.evidence.ReviewHistory.Review;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.LogRemoval;
import io.pgproof.evidence.retention.EvidenceRetention;
import io.pgproof.notify.Message;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.Configuration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Recipient;
import io.pgproof.target.Schedule;
import io.pgproof.workflow.decide.DecisionForm.Choice;
import io.pgproof.workflow.decide.DecisionRefusedException;
import io.pgproof.workflow.decide.DecisionRefusedException.Why;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.decide.DecisionTasks.Answers;
import io.pgproof.workflow.decide.PeopleOnEngine;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.ReviewResults.Decision;
import io.pgproof.workflow.model.ReviewResults.Event;
import io.pgproof.workflow.model.ReviewResults.Variable;
import io.pgproof.workflow.model.VerifyBackup;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A review at six each day, on the engine and the evidence of {@link PeopleOnEngine}. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReviewResultsTest {
  private static final List<String> AUDITORS = List.of(Groups.AUDITORS);
  private static final List<String> APPROVERS = List.of(Groups.APPROVERS);

  private static PeopleOnEngine people;
  private static ReviewHistory history;

  /** The clock says three in the morning of 2026-03-01. */
  @BeforeAll
  static void buildEngine() {
    people = new PeopleOnEngine();
    history = new ReviewHistory(people.trail);
    configure("0 6 * * *");
    people.reviews.plan();
    people.run("tester", "shop", PeopleOnEngine.MONDAY, Reason.FRESH);
    RunId refuted = people.run("tester", "crm", PeopleOnEngine.MONDAY, Reason.PAGE_CHECKSUM);
    people.tasks.decide(
        people.tasks.of(refuted).orElseThrow().id(),
        "arne",
        APPROVERS,
        new Answers(VerifyBackup.Decision.DISMISS, "a drill", ""));
    people.work();
  }

  @AfterAll
  static void closeEngine() {
    people.close();
  }

  private static void configure(String cron) {
    people.configuration.replace(
        new Configuration(
            Path.of("pgproof.yaml"),
            1,
            Optional.empty(),
            Optional.ofNullable(cron).map(text -> new Schedule(text, ZoneOffset.UTC)),
            new Notifications(
                Optional.empty(),
                List.of(
                    new Recipient(
                        "dba", Optional.of("dba@example.org"), Optional.empty(), Optional.empty())),
                Optional.empty()),
            List.of()));
  }

  /** Lets a day pass, and returns the review that opened. */
  private static Review nextReview() {
    int before = history.all().size();
    people.wait(Duration.ofDays(1));
    List<Review> all = history.all();
    assertThat(all).hasSize(before + 1);
    return all.get(before);
  }

  private static DecisionTask task(Review review) {
    return people.tasks.open().stream()
        .filter(task -> task.period().equals(Optional.of(review.period())))
        .findFirst()
        .orElseThrow();
  }

  private static void decide(
      Review review, String person, List<String> groups, String decision, String reason) {
    people.tasks.decide(task(review).id(), person, groups, new Answers(decision, reason, ""));
    people.work();
  }

  private static void refuses(
      Review review, String person, List<String> groups, Answers answers, Why why, String said) {
    assertThatThrownBy(() -> people.tasks.decide(task(review).id(), person, groups, answers))
        .isInstanceOf(DecisionRefusedException.class)
        .hasMessageContaining(said)
        .extracting("why")
        .isEqualTo(why);
  }

  private static List<String> ends(DayPeriod period) {
    return people
        .engine
        .getHistoryService()
        .createHistoricActivityInstanceQuery()
        .activityType("noneEndEvent")
        .processInstanceId(
            people
                .engine
                .getHistoryService()
                .createHistoricProcessInstanceQuery()
                .processInstanceBusinessKey(period.key())
                .singleResult()
                .getId())
        .list()
        .stream()
        .map(HistoricActivityInstance::getActivityId)
        .toList();
  }

  private static List<String> told(String event) {
    return people.messages("dba").stream()
        .filter(message -> message.event().equals(event))
        .map(Message::subject)
        .toList();
  }

  private static long waiting() {
    return people
        .engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .processDefinitionKey(ReviewResults.PROCESS)
        .activityIdIn(Event.REVIEW_DUE)
        .count();
  }

  @Test
  @Order(1)
  void theFirstReviewIsAboutTheDayOnWhichTheSettingWasSeen() {
    people.wait(Duration.ofHours(4));
    assertThat(history.all()).as("no day has ended").isEmpty();
    assertThat(waiting()).isEqualTo(1);

    Review review = nextReview();
    assertThat(review.period())
        .isEqualTo(new DayPeriod(LocalDate.parse("2026-03-01"), LocalDate.parse("2026-03-01")));
    ServerEvent.ReviewOpened.Figures figures = review.opened().figures();
    assertThat(figures.targets()).isEqualTo(2);
    assertThat(figures.proven()).isEqualTo(1);
    assertThat(figures.runs()).isEqualTo(2);
    assertThat(figures.provenRuns()).isEqualTo(1);
    assertThat(figures.undecidedFailures()).isZero();
    assertThat(figures.longestUnproven()).isEqualTo("crm");
    assertThat(figures.longestUnprovenSeconds()).isEqualTo(86_400);
    DecisionTask task = task(review);
    assertThat(task.name()).isEqualTo("Review results");
    assertThat(task.group()).isEqualTo(Groups.AUDITORS);
    assertThat(task.run()).isEmpty();
    assertThat(task.escalatesAt()).contains(task.openedAt().plus(Duration.ofHours(24)));
    Map<String, String> facts = people.tasks.facts(task);
    assertThat(facts)
        .containsEntry(Variable.PERIOD, "2026-03-01")
        .containsEntry(Variable.TARGETS, "1 of 2 proven, 2 verified; not proven: crm")
        .containsEntry(Variable.RUNS, "1 of 2 proven, 1 refuted")
        .containsEntry(Variable.DUE_TIMES, "0 of 0 missed")
        .containsEntry(Variable.LONGEST_UNPROVEN, "crm, 24 h");
    assertThat(facts.get(Variable.FAILURES))
        .startsWith("crm refuted (page-checksum) in run ")
        .endsWith(": arne dismiss (a drill)");
    assertThat(facts.get(Variable.REPORT_COMMAND))
        .contains("report --from 2026-03-01 --to 2026-03-01");
    assertThat(people.tasks.form(task).decision().choices())
        .extracting(Choice::value)
        .containsExactly(Decision.SIGN, Decision.ASK_FOR_ACTION);
    assertThat(people.tasks.form(task).until()).isEmpty();
    assertThat(told("review-opened")).containsExactly("REVIEW of 2026-03-01");
  }

  @Test
  @Order(2)
  void whoDecidedAboutARunOfThePeriodDoesNotSignIt() {
    Review review = history.all().get(0);
    assertThat(people.tasks.refusals(task(review), "aude")).isEmpty();
    assertThat(people.tasks.refusals(task(review), "arne")).containsOnlyKeys(Decision.SIGN);
    refuses(
        review,
        "arne",
        AUDITORS,
        new Answers(Decision.SIGN, "", ""),
        Why.FOUR_EYES,
        "another person must sign it (four eyes)");
    decide(review, "arne", AUDITORS, Decision.ASK_FOR_ACTION, "replace the disk");
    assertThat(ends(review.period())).contains(Event.ACTION_ASKED_FOR);
    ReviewHistory.Decided decided = history.find(review.period()).orElseThrow().decided().get();
    assertThat(decided.by()).isEqualTo("arne");
    assertThat(decided.decision().reason()).isEqualTo("replace the disk");
    assertThat(told("action-asked-for"))
        .containsExactly("ACTION about 2026-03-01: asked for by arne");
  }

  @Test
  @Order(3)
  void anAuditorSignsAndNobodyElse() {
    Review review = nextReview();
    assertThat(review.period().from()).isEqualTo(LocalDate.parse("2026-03-02"));
    Answers sign = new Answers(Decision.SIGN, " looks good ", "");
    refuses(review, "otto", List.of(Groups.OPERATORS), sign, Why.GROUP, Groups.AUDITORS);
    refuses(review, "anna", APPROVERS, sign, Why.GROUP, Groups.AUDITORS);
    refuses(review, "root", List.of(Groups.ADMINISTRATORS), sign, Why.GROUP, Groups.AUDITORS);
    refuses(
        review,
        "aude",
        AUDITORS,
        new Answers(Decision.ASK_FOR_ACTION, " ", ""),
        Why.ANSWERS,
        "needs a reason");
    refuses(
        review,
        "aude",
        AUDITORS,
        new Answers(VerifyBackup.Decision.ACCEPT, "so", ""),
        Why.ANSWERS,
        "must be one of [askForAction, sign]");
    await()
        .untilAsserted(
            () ->
                assertThat(new ServerHistory(people.trail).latest(20))
                    .filteredOn(line -> line.kind().equals("RequestRefused"))
                    .extracting(ServerHistory.Line::actor)
                    .contains("otto", "anna", "root"));

    people.tasks.decide(task(review).id(), "aude", AUDITORS, sign);
    people.work();
    assertThat(ends(review.period())).contains(Event.RESULTS_SIGNED);
    ReviewHistory.Decided decided = history.find(review.period()).orElseThrow().decided().get();
    assertThat(decided.by()).isEqualTo("aude");
    assertThat(decided.decision())
        .isEqualTo(
            new ServerEvent.ReviewDecided(
                review.period(), ServerEvent.ReviewDecided.SIGNED, "looks good"));
    assertThat(people.tasks.open()).noneMatch(task -> task.period().isPresent());
    assertThat(told("action-asked-for")).hasSize(1);
  }

  @Test
  @Order(4)
  void anUnansweredReviewIsRemindedAndEscalatedAndStaysOpen() {
    Review review = nextReview();
    people.wait(Duration.ofHours(5));
    assertThat(told("review-reminder")).contains("REMINDER review of " + review.period());
    Review next = nextReview();
    assertThat(ends(review.period()))
        .containsOnly(Event.REVIEWERS_REMINDED, Event.REVIEW_ESCALATED);
    assertThat(history.find(review.period()).orElseThrow().escalated()).isTrue();
    assertThat(told("review-escalated"))
        .containsExactly("ESCALATED review of " + review.period() + ": nobody decided in time");
    assertThat(task(review).escalatesAt()).isEmpty();
    assertThat(next.period().from()).isEqualTo(review.period().to().plusDays(1));

    decide(review, "aude", AUDITORS, Decision.SIGN, "");
    decide(next, "aude", AUDITORS, Decision.SIGN, "");
    assertThat(ends(review.period()))
        .filteredOn(Event.REVIEWERS_REMINDED::equals)
        .as("every four hours, and on after the escalation")
        .hasSizeGreaterThan(5);
    assertThat(history.find(review.period()).orElseThrow().decided().get().decision().reason())
        .isNull();
    assertThat(
            people.messages("dba").stream()
                .filter(message -> message.event().equals("review-reminder"))
                .flatMap(message -> message.facts().stream())
                .filter(fact -> fact.name().equals("escalatesAt"))
                .map(fact -> fact.value() != null))
        .as("a reminder after the escalation names no time for it")
        .contains(true, false);
  }

  @Test
  @Order(5)
  void reviewsThatWereMissedAreOneReview() {
    LocalDate after = history.all().get(history.all().size() - 1).period().to();
    people.pass(Duration.ofDays(3));
    people.reviews.plan();
    people.wait(Duration.ZERO);
    Review review = history.all().get(history.all().size() - 1);
    assertThat(review.period()).isEqualTo(new DayPeriod(after.plusDays(1), after.plusDays(3)));
    decide(review, "aude", AUDITORS, Decision.SIGN, "");
  }

  @Test
  @Order(6)
  void withoutTheSettingNoneIsPlannedAndWithItNoDayIsLost() {
    Review open = nextReview();
    configure(null);
    people.reviews.plan();
    assertThat(waiting()).isZero();
    assertThat(task(open)).as("it stays open").isNotNull();
    people.wait(Duration.ofDays(2));
    configure("30 6 * * *");
    people.reviews.plan();
    people.reviews.plan();
    assertThat(waiting()).isEqualTo(1);
    Review next = nextReview();
    assertThat(next.period().from()).isEqualTo(open.period().to().plusDays(1));
    assertThat(next.period().to()).isEqualTo(open.period().to().plusDays(3));
    assertThat(new ServerHistory(people.trail).latest(1_000))
        .filteredOn(line -> line.kind().equals("ReviewsBegun"))
        .hasSize(1);
  }

  @Test
  @Order(7)
  void evidenceOfAPlannedReviewStays(@TempDir Path place) throws Exception {
    history.all().stream()
        .filter(review -> review.decided().isEmpty())
        .forEach(review -> decide(review, "aude", AUDITORS, Decision.SIGN, ""));
    DayPeriod last = history.all().get(history.all().size() - 1).period();
    people.pass(Duration.ofDays(200));
    EvidenceSequencer sequencer =
        new EvidenceSequencer(people.database, people.trail, place, "4b0d3a3e", people.clock);
    sequencer.take(true);
    new ServerEvent.LogExported("/srv/export", "ab".repeat(32), 1, 1).record(people.trail, "ada");
    EvidenceRetention retention =
        new EvidenceRetention(
            people.database,
            people.trail,
            new LogRemoval(people.database, people.trail, place, sequencer, people.clock),
            people.clock);
    Instant before = people.clock.instant().minus(Duration.ofDays(100));
    assertThat(retention.plan(before).before()).isEqualTo(last.end());
    configure(null);
    people.reviews.plan();
    assertThat(retention.plan(before).before()).as("none is planned").isEqualTo(before);
  }
}
