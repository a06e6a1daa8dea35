package io.pgproof.workflow.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunProjection;
import io.pgproof.notify.Message;
import io.pgproof.notify.Message.Fact;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.Recipient;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of what happened, and to whom. */
class NotifierTest {

  private static NotificationsOnEngine model;

  @BeforeAll
  static void buildEngine() {
    model = new NotificationsOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    model.close();
  }

  @BeforeEach
  void start() {
    model.configure(null, recipient("ada"), recipient("otto"));
  }

  @AfterEach
  void stop() {
    model.forget();
  }

  @ParameterizedTest
  @CsvSource({
    "TOO_OLD, stale, STALE shop: too-old, The backup of shop is stale: segment 0000B is not there",
    "WAL_MISSING, refuted, REFUTED shop: wal-missing, The backup of shop is refuted: segment 0000B is not there",
    "DISK_FULL, inconclusive, INCONCLUSIVE shop: disk-full, "
        + "pgproof could not determine whether the backup of shop is good: segment 0000B is not there"
  })
  void anUnprovenVerdictIsSentWithAllFacts(
      Reason reason, String event, String subject, String lead) {
    RunId run = model.ended("shop", reason);
    Message message = message(new NotificationEvent.Ended(run));

    assertThat(message.event()).isEqualTo(event);
    assertThat(message.subject()).isEqualTo(subject);
    assertThat(message.lead()).isEqualTo(lead);
    assertThat(message.at()).isEqualTo(model.now());
    assertThat(value(message, "verdict")).isEqualTo(event);
    assertThat(value(message, "target")).isEqualTo("shop");
    assertThat(value(message, "backup")).isEqualTo("/backups/shop");
    assertThat(value(message, "reason")).isEqualTo(reason.code());
    assertThat(value(message, "message")).isEqualTo("segment 0000B is not there");
    assertThat(value(message, "words")).isEqualTo("FATAL:  it is not there");
    assertThat(value(message, "hint")).isEqualTo(reason.hint());
    assertThat(value(message, "rpoMet")).isEqualTo(reason != Reason.TOO_OLD);
    assertThat(message.facts()).extracting(Fact::name).doesNotContain("rtoMet");
    assertThat(value(message, "run")).isEqualTo(run.value());
    assertThat(value(message, "show")).isEqualTo("./pgproof show " + run);
  }

  @Test
  void aProvenVerdictIsSentOnlyAfterAnUnprovenOne() {
    assertThat(model.messages.of(new NotificationEvent.Ended(model.ended("shop", null))))
        .as("the first run")
        .isEmpty();
    assertThat(model.messages.of(new NotificationEvent.Ended(model.ended("shop", null))))
        .as("proven before")
        .isEmpty();
    RunId refuted = model.ended("shop", Reason.WAL_MISSING);
    model.ended("silent", null);
    Message recovered = message(new NotificationEvent.Ended(model.ended("shop", null)));

    assertThat(recovered.event()).isEqualTo("recovered");
    assertThat(recovered.subject()).isEqualTo("RECOVERED shop: proven, was refuted");
    assertThat(value(recovered, "verdictBefore")).isEqualTo("refuted");
    assertThat(value(recovered, "runBefore")).isEqualTo(refuted.value());
    assertThat(model.messages.of(new NotificationEvent.Ended(model.ended("shop", null))))
        .as("told once")
        .isEmpty();
  }

  @Test
  void aMissedRecoveryTimeObjectiveIsSentOnce() {
    Duration objective = Duration.ofMinutes(10);
    assertThat(
            model.messages.of(
                new NotificationEvent.Ended(model.restored(objective, Duration.ofMinutes(10)))))
        .as("met")
        .isEmpty();
    Message missed =
        message(new NotificationEvent.Ended(model.restored(objective, Duration.ofMinutes(11))));

    assertThat(missed.event()).isEqualTo("rto-missed");
    assertThat(missed.subject())
        .isEqualTo("RTO of shop missed: restored in 11 min, objective 10 min");
    assertThat(missed.lead())
        .isEqualTo(
            "The backup of shop is proven, but its recovery time objective is missed: restored in 11 min, objective 10 min");
    assertThat(value(missed, "verdict")).isEqualTo("proven");
    assertThat(value(missed, "rtoMet")).isEqualTo(false);
    assertThat(value(missed, "rtoObjectiveSeconds")).isEqualTo(600L);
    assertThat(value(missed, "rtoActualSeconds")).isEqualTo(660L);
    assertThat(fact(missed, "rtoMet").text())
        .isEqualTo("missed: restored in 11 min, objective 10 min");
    assertThat(value(missed, "rpoMet")).isEqualTo(true);
    assertThat(fact(missed, "rpoMet").text())
        .isEqualTo("met: newest data 20 h old, objective 24 h");

    assertThat(
            model.messages.of(
                new NotificationEvent.Ended(model.restored(objective, Duration.ofMinutes(12)))))
        .as("missed before")
        .isEmpty();
    model.restored(objective, Duration.ofMinutes(1));
    assertThat(
            message(new NotificationEvent.Ended(model.restored(objective, Duration.ofMinutes(11))))
                .event())
        .as("met in between")
        .isEqualTo("rto-missed");
  }

  @Test
  void aWithdrawnRunIsNotSentAndNotCounted() {
    assertThat(model.messages.of(new NotificationEvent.Ended(takenBack()))).isEmpty();
    assertThat(model.messages.of(new NotificationEvent.Ended(model.ended("shop", null))))
        .as("nothing bad was told before")
        .isEmpty();
    model.ended("shop", Reason.TOO_OLD);
    takenBack();
    assertThat(message(new NotificationEvent.Ended(model.ended("shop", null))).subject())
        .isEqualTo("RECOVERED shop: proven, was stale");
  }

  @Test
  void tasksRemindersEscalationsAndRequestsAreSentWithTheRun() {
    RunId run = model.ended("shop", Reason.WAL_MISSING);
    Instant due = Instant.parse("2026-03-02T03:00:00Z");

    Message task =
        message(new NotificationEvent.TaskOpened(run, "Approve escalation", Groups.APPROVERS));
    assertThat(task.subject()).isEqualTo("TASK shop: Approve escalation");
    assertThat(value(task, "group")).isEqualTo("backup-approvers");

    Message reminder =
        message(
            new NotificationEvent.TaskReminded(
                run, "Approve escalation", Groups.APPROVERS, model.now(), due));
    assertThat(reminder.event()).isEqualTo("task-reminder");
    assertThat(reminder.subject()).isEqualTo("REMINDER shop: Approve escalation");
    assertThat(value(reminder, "openedAt")).isEqualTo("2026-03-01T03:00:00Z");
    assertThat(value(reminder, "escalatesAt")).isEqualTo("2026-03-02T03:00:00Z");
    assertThat(
            value(
                message(new NotificationEvent.TaskReminded(run, "x", "y", model.now(), null)),
                "escalatesAt"))
        .isNull();

    Message byPerson = message(new NotificationEvent.Escalated(run, "ada", "third night"));
    assertThat(byPerson.subject()).isEqualTo("ESCALATED shop: wal-missing, by ada");
    assertThat(value(byPerson, "because")).isEqualTo("third night");
    Message byTime = message(new NotificationEvent.Escalated(run, null, null));
    assertThat(byTime.subject()).isEqualTo("ESCALATED shop: wal-missing, nobody decided in time");
    assertThat(byTime.lead())
        .isEqualTo("The refuted backup of shop is escalated: nobody decided in time");

    Message wish = message(new NotificationEvent.NewBackupAskedFor(run, "otto", null));
    assertThat(wish.event()).isEqualTo("new-backup-asked-for");
    assertThat(wish.subject()).isEqualTo("NEW BACKUP of shop: requested by otto");
    for (Message message : List.of(task, reminder, byPerson, byTime, wish)) {
      assertThat(value(message, "run")).isEqualTo(run.value());
      assertThat(value(message, "words")).isEqualTo("FATAL:  it is not there");
      assertThat(fact(message, "message").label())
          .as("the lead does not say it")
          .isEqualTo("found");
    }
  }

  @Test
  void aMissedScheduleIsSentWithoutARun() {
    NotificationEvent missed =
        new NotificationEvent.ScheduleMissed(
            "shop", model.now(), "the server was not running; it is verified now");
    Message message = message(missed);

    assertThat(message.subject()).isEqualTo("MISSED shop: due 2026-03-01 03:00:00 UTC");
    assertThat(message.lead()).endsWith("the server was not running; it is verified now");
    model.tell.notify(missed);
    model.tell.notify(new NotificationEvent.ScheduleMissed("silent", model.now(), "x"));
    model.tell.notify(new NotificationEvent.ScheduleMissed("gone", model.now(), "x"));
    assertThat(
            model
                .engine
                .getRuntimeService()
                .createVariableInstanceQuery()
                .variableName(TellSomebody.Variable.RECIPIENT)
                .list())
        .extracting(variable -> variable.getValue())
        .containsExactlyInAnyOrder("ada", "otto");
  }

  @Test
  void theRecipientsAtTheStartAreToldAboutARunOfARemovedTarget() {
    RunId run = model.ended("shop", Reason.WAL_MISSING);
    model.listNoTarget();
    model
        .engine
        .getRuntimeService()
        .startProcessInstanceByKey(
            VerifyBackup.PROCESS, run.value(), Map.of(VerifyBackup.Variable.TELL, "otto"));

    model.tell.notify(new NotificationEvent.Ended(run));

    assertThat(
            model
                .engine
                .getRuntimeService()
                .createVariableInstanceQuery()
                .variableName(TellSomebody.Variable.RECIPIENT)
                .list())
        .extracting(variable -> variable.getValue())
        .containsExactly("otto");
  }

  @Test
  void aLongTextIsCut() {
    RunId run = model.asked("shop");
    new Evidence.Found(Finding.of(Reason.RECOVERY_FAILED, "m".repeat(10_000), "w".repeat(100_000)))
        .record(model.trail, run);
    Message message = message(new NotificationEvent.Ended(run));

    assertThat((String) value(message, "words")).hasSizeLessThan(3_600).endsWith(" …");
    assertThat(message.lead()).hasSizeLessThan(3_700);
    model.inTransaction(
        () -> {
          model.tell.notify(new NotificationEvent.Ended(run));
          return run;
        });
    assertThat(model.underway(TellSomebody.PROCESS))
        .as("the engine takes it as a variable")
        .isEqualTo(2);
  }

  private RunId takenBack() {
    RunId run = model.asked("shop");
    new Evidence.Withdrawn("tester").record(model.trail, run);
    new Evidence.Found(Finding.of(Reason.INTERRUPTED, "taken back")).record(model.trail, run);
    new Evidence.VerdictReached(RunProjection.of(model.trail.of(run)).report(run.value()))
        .record(model.trail, run);
    return run;
  }

  private Message message(NotificationEvent notificationEvent) {
    return model.messages.of(notificationEvent).orElseThrow();
  }

  private static Object value(Message message, String name) {
    return fact(message, name).value();
  }

  private static Fact fact(Message message, String name) {
    return message.facts().stream()
        .filter(fact -> fact.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Recipient recipient(String name) {
    return new Recipient(
        name,
        Optional.empty(),
        Optional.of(
            new io.pgproof.target.WebHookAddress.Written(URI.create("http://localhost:9/"))),
        Optional.of(
            new io.pgproof.target.Secret(Optional.of(Path.of("/nowhere")), Optional.empty())));
  }
}
