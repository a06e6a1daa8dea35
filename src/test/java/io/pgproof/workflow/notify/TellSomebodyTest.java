package io.pgproof.workflow.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.notify.HookServer.Posted;
import io.pgproof.notify.MailBox;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.Configuration;
import io.pgproof.target.Mail.Security;
import io.pgproof.target.Recipient;
import io.pgproof.workflow.engine.EngineWatchdog;
import io.pgproof.workflow.engine.ServerOnlyJobs;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.Job;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;

/** Messages on their way: with a real engine, a real mail server and a real web server. */
class TellSomebodyTest extends NotificationFixture {
  private static final String SECRET = "an-old-key-of-the-house";
  private static final String PASSWORD = "Dragon-of-the-night";

  @BeforeEach
  void start() throws IOException {
    open(
        new MailBox(
            settings ->
                settings
                    .requireAuth()
                    .authenticationHandlerFactory(
                        new EasyAuthenticationHandlerFactory(
                            (user, password, context) ->
                                assertThat(password).isEqualTo(PASSWORD)))),
        SECRET);
    model.configure(box.address(Security.NONE, "pgproof", secret("password", PASSWORD)), ada, hook);
  }

  @Test
  void allRecipientsAreToldOfALateAnchorAndWhenItSucceeds() throws Exception {
    model.inTransaction(
        () -> {
          model.tell.notify(
              new NotificationEvent.AnchorLate(
                  new ServerEvent.AnchorLate("command", "/bin/anchor", null, "it hangs")));
          model.tell.notify(
              new NotificationEvent.AnchorRecovered(
                  new ServerEvent.LogAnchored("command", "/bin/anchor", "pgproof/4b\n12\n")));
          return null;
        });
    model.work(TellSomebody.PROCESS);

    assertThat(server.posted()).hasSize(2);
    assertThat(box.received())
        .anySatisfy(
            mail -> {
              assertThat(mail.mail().getSubject()).isEqualTo("[pgproof] ANCHOR LATE: /bin/anchor");
              assertThat(mail.plain())
                  .contains("could be rewritten unnoticed", "never", "it hangs", "every 6 h");
            })
        .anySatisfy(
            mail -> {
              assertThat(mail.mail().getSubject())
                  .isEqualTo("[pgproof] ANCHOR RECOVERED: /bin/anchor");
              assertThat(mail.plain()).contains("positions  12");
            });
  }

  @Test
  void eachRecipientIsToldOnceAndThatIsRecorded() throws Exception {
    RunId run = model.told("shop", Reason.WAL_MISSING);
    assertThat(box.received()).as("nothing is sent in the step's own transaction").isEmpty();
    model.work(TellSomebody.PROCESS);

    assertThat(box.received())
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.mail().getSubject()).isEqualTo("[pgproof] REFUTED shop: wal-missing");
              assertThat(mail.plain())
                  .startsWith("The backup of shop is refuted: segment 0000B is not there\n")
                  .contains("FATAL:  it is not there")
                  .contains("./pgproof show " + run);
            });
    Posted posted = server.posted().get(0);
    assertThat(server.posted()).hasSize(1);
    assertThat(box.received().get(0).header("Message-ID"))
        .isEqualTo("<" + posted.id() + "@example.org>");
    assertThat(model.ends(TellSomebody.PROCESS))
        .containsOnly(TellSomebody.Event.RECIPIENT_TOLD)
        .hasSize(2);
    assertThat(model.telling(run))
        .containsExactlyInAnyOrder(
            new Evidence.Told("ada", "mail to ada@example.org", "refuted", posted.id()),
            new Evidence.Told(
                "hook",
                "web hook http://localhost:" + server.address().getPort(),
                "refuted",
                posted.id()));
    assertThat(new RunHistory(model.trail).happenings(run))
        .extracting(RunHistory.Happening::what)
        .contains("notified ada by mail to ada@example.org: refuted, message " + posted.id());
  }

  @Test
  void theDocumentedMailIsTheMailThatIsSent() throws Exception {
    RunId run = new RunId("20261125-031502-k3f9");
    new Evidence.Asked(model.configuration.target("shop").orElseThrow().request("ada"), null)
        .record(model.trail, run);
    new Evidence.Found(
            Finding.of(
                Reason.WAL_MISSING,
                "the WAL segment 00000001000000000000000B is not there",
                "FATAL:  could not locate required checkpoint record"))
        .record(model.trail, run);
    model.tell.notify(new NotificationEvent.Ended(run));
    model.work(TellSomebody.PROCESS);

    assertThat(Files.readString(Path.of("docs/notifications.md")))
        .contains("```\n" + box.received().get(0).plain() + "```\n");
  }

  @Test
  void aRolledBackEventIsNotTold() {
    assertThatThrownBy(
            () ->
                model.inTransaction(
                    () -> {
                      model.tell.notify(
                          new NotificationEvent.Ended(model.ended("shop", Reason.WAL_MISSING)));
                      throw new IllegalStateException("the step failed after all");
                    }))
        .hasMessageContaining("after all");

    assertThat(model.underway(TellSomebody.PROCESS)).isZero();
  }

  @Test
  void nobodyIsToldWithoutATargetOrRecipients() {
    model.told(null, Reason.WAL_MISSING);
    model.told("silent", Reason.WAL_MISSING);

    assertThat(model.underway(TellSomebody.PROCESS)).isZero();
  }

  @Test
  void aFailingWebHookGetsTheSameMessageAfterGrowingPauses() throws Exception {
    model.configure(null, hook);
    server.answer(500, 503);
    RunId run = model.told("shop", Reason.WAL_MISSING);

    for (String pause : List.of("PT10S", "PT1M")) {
      model.execute(job());
      assertThat(job().getDuedate().toInstant()).isEqualTo(model.now().plus(Duration.parse(pause)));
    }
    assertThat(model.telling(run)).isEmpty();
    model.execute(job());

    assertThat(server.posted()).hasSize(3);
    assertThat(server.posted()).extracting(Posted::id).containsOnly(server.posted().get(0).id());
    assertThat(server.posted())
        .extracting(Posted::body)
        .containsOnly(server.posted().get(0).body());
    assertThat(model.telling(run)).singleElement().isInstanceOf(Evidence.Told.class);
  }

  @Test
  void aPauseDoesNotGetLongerWhenTheClockIsSetBack() {
    model.configure(null, hook);
    server.answer(500);
    model.pass(365 * 86_400);
    model.summaries.plan();
    Date summaryDue = model.timer().getDuedate();
    model.told("shop", Reason.WAL_MISSING);
    model.execute(job());
    EngineWatchdog engineWatchdog = model.oversight();

    model.pass(-365 * 86_400);
    engineWatchdog.check();

    assertThat(job().getDuedate().toInstant()).isBetween(model.now(), model.now().plusSeconds(10));
    assertThat(model.timer().getDuedate()).as("a time of day is no pause").isEqualTo(summaryDue);
  }

  @Test
  void aMessageThatWasSentAndNotRecordedIsSentAgainWithTheSameId() throws Exception {
    model.configure(null, hook);
    model.failAfter(TellSomebody.Step.TELL_RECIPIENT);
    RunId run = model.told("shop", Reason.WAL_MISSING);
    model.work(TellSomebody.PROCESS);

    assertThat(server.posted())
        .extracting(Posted::id)
        .hasSize(2)
        .containsOnly(server.posted().get(0).id());
    assertThat(model.telling(run)).hasSize(1);
  }

  @Test
  void aPermanentRefusalIsAnIncidentThatAnOperatorRetries() throws Exception {
    model.configure(null, hook);
    server.answer(404, 410);
    RunId run = model.told("shop", Reason.WAL_MISSING);
    model.work(TellSomebody.PROCESS);

    assertThat(server.posted()).as("no try of its own after a refusal").hasSize(1);
    Incident incident = incident();
    assertThat(incident.getIncidentMessage())
        .isEqualTo(
            "hook was not notified: web hook http://localhost:"
                + server.address().getPort()
                + " was refused: it answered with status 404");
    assertThat(model.telling(run))
        .singleElement()
        .isInstanceOfSatisfying(
            Evidence.NotTold.class,
            not ->
                assertThat(incident.getIncidentMessage())
                    .isEqualTo("hook was not notified: " + not.why()));

    model.retry(incident);
    assertThat(incident().getIncidentMessage()).contains("status 410");
    model.retry(incident());

    assertThat(server.posted())
        .extracting(Posted::id)
        .hasSize(3)
        .containsOnly(server.posted().get(0).id());
    assertThat(model.incidents()).isEmpty();
    assertThat(model.ends(TellSomebody.PROCESS)).containsExactly(TellSomebody.Event.RECIPIENT_TOLD);
    assertThat(model.telling(run)).last().isInstanceOf(Evidence.Told.class);
  }

  @Test
  void exhaustedRetriesAreAnIncident() {
    model.configure(null, hook);
    server.answer(500, 500, 500);
    RunId run = model.told("shop", Reason.WAL_MISSING);
    model.work(TellSomebody.PROCESS);

    assertThat(server.posted()).hasSize(3);
    assertThat(incident().getIncidentMessage()).contains("answered with status 500");
    assertThat(model.telling(run)).singleElement().isInstanceOf(Evidence.NotTold.class);
    model.retry(incident());
    assertThat(model.ends(TellSomebody.PROCESS)).containsExactly(TellSomebody.Event.RECIPIENT_TOLD);
  }

  @Test
  void aRemovedRecipientEndsTheMessage() {
    RunId run = model.told("shop", Reason.WAL_MISSING);
    model.configure(null, hook);
    model.work(TellSomebody.PROCESS);

    assertThat(model.ends(TellSomebody.PROCESS))
        .containsExactlyInAnyOrder(
            TellSomebody.Event.RECIPIENT_TOLD, TellSomebody.Event.NOBODY_TO_TELL);
    assertThat(model.telling(run))
        .filteredOn(Evidence.NotTold.class::isInstance)
        .singleElement()
        .satisfies(
            not ->
                assertThat(not.describe())
                    .contains("could not notify ada")
                    .contains("no longer names this recipient"));
    assertThat(model.incidents()).isEmpty();
  }

  @Test
  void aRetryAfterRemovingTheRecipientEndsARefusedMessage() {
    model.configure(null, hook);
    server.answer(404);
    RunId run = model.told("shop", Reason.WAL_MISSING);
    model.work(TellSomebody.PROCESS);
    model.configure(null, ada);
    model.retry(incident());

    assertThat(model.ends(TellSomebody.PROCESS)).containsExactly(TellSomebody.Event.NOBODY_TO_TELL);
    assertThat(model.telling(run))
        .last()
        .isInstanceOfSatisfying(
            Evidence.NotTold.class,
            not ->
                assertThat(not.describe())
                    .contains("could not notify hook")
                    .contains("no longer names this recipient"));
    assertThat(server.posted()).as("nothing is sent to who is taken out").hasSize(1);
    assertThat(model.incidents()).isEmpty();
  }

  @Test
  void theAddressOfARecipientIsLookedUpAtSending() throws Exception {
    model.configure(box.address(Security.NONE, "pgproof", secret("password", PASSWORD)), ada);
    model.told("shop", Reason.WAL_MISSING);
    model.configure(
        box.address(Security.NONE, "pgproof", secret("password", PASSWORD)),
        new Recipient(
            "ada", Optional.of("lovelace@example.org"), Optional.empty(), Optional.empty()));
    model.work(TellSomebody.PROCESS);

    assertThat(box.received())
        .singleElement()
        .satisfies(mail -> assertThat(mail.to()).isEqualTo("lovelace@example.org"));
  }

  @Test
  void unsentMessagesAreSentAfterTheNextStart() throws Exception {
    String url = "jdbc:h2:file:" + place.resolve("engine");
    RunId run;
    try (NotificationsOnEngine before = new NotificationsOnEngine(url)) {
      before.configure(null, hook);
      server.answer(500);
      run = before.told("shop", Reason.WAL_MISSING);
      before.execute(before.jobs(TellSomebody.PROCESS).get(0));
    }
    try (NotificationsOnEngine after = new NotificationsOnEngine(url)) {
      after.configure(null, hook);
      after.work(TellSomebody.PROCESS);

      assertThat(server.posted())
          .extracting(Posted::id)
          .hasSize(2)
          .containsOnly(server.posted().get(0).id());
      assertThat(after.telling(run)).singleElement().isInstanceOf(Evidence.Told.class);
    }
  }

  @Test
  void messagesOfACommandWaitForTheNextServer() {
    RunId before = model.told("shop", Reason.WAL_MISSING);
    ServerOnlyJobs.setActive(model.engine.getManagementService(), TellSomebody.PROCESS, false);
    RunId meanwhile = model.told("shop", Reason.WAL_MISSING);
    model.work(TellSomebody.PROCESS);
    assertThat(model.underway(TellSomebody.PROCESS)).isEqualTo(4);
    assertThat(server.posted()).isEmpty();

    ServerOnlyJobs.setActive(model.engine.getManagementService(), TellSomebody.PROCESS, true);
    model.work(TellSomebody.PROCESS);
    assertThat(model.telling(before)).hasSize(2);
    assertThat(model.telling(meanwhile)).hasSize(2);
  }

  @Test
  void verdictsAndEscalationsOfARealRunAreSent() {
    model.configure(null, hook);
    RunId run = model.found("shop");
    model.verify(run, "refuted");
    model.engine.getIdentityService().setAuthentication("ada", List.of(Groups.APPROVERS));
    model
        .engine
        .getTaskService()
        .complete(
            model.engine.getTaskService().createTaskQuery().singleResult().getId(),
            java.util.Map.of("decision", "escalate", "decisionReason", "it is the third night"));
    model.engine.getIdentityService().clearAuthentication();
    model.work(VerifyBackup.PROCESS);
    model.work(TellSomebody.PROCESS);

    assertThat(server.posted())
        .extracting(Posted::body)
        .satisfiesExactlyInAnyOrder(
            verdict -> assertThat(verdict).contains("\"event\":\"refuted\""),
            opened ->
                assertThat(opened)
                    .contains("\"event\":\"task-opened\"")
                    .contains("backup-approvers"),
            escalation ->
                assertThat(escalation)
                    .contains("\"event\":\"escalated\"")
                    .contains("\"by\":\"ada\"")
                    .contains("\"because\":\"it is the third night\""));
  }

  @Test
  void remindersAndUndecidedEscalationsAreSent() {
    model.configure(null, hook);
    RunId run = model.found("shop");
    model.verify(run, "refuted");
    model.wait(VerifyBackup.PROCESS, 4 * 3600);
    model.wait(VerifyBackup.PROCESS, 20 * 3600);
    model.work(TellSomebody.PROCESS);

    assertThat(server.posted())
        .extracting(Posted::body)
        .anySatisfy(
            reminder ->
                assertThat(reminder)
                    .contains("\"event\":\"task-reminder\"")
                    .contains("Approve escalation"));
    assertThat(server.posted())
        .extracting(Posted::body)
        .filteredOn(body -> body.contains("\"event\":\"escalated\""))
        .singleElement()
        .satisfies(escalation -> assertThat(escalation).contains("\"by\":null"));
    assertThat(model.underway(VerifyBackup.PROCESS)).isZero();
  }

  @Test
  void aRunOfAServerIsToldAfterACommandResumedIt() {
    model.configure(null, hook);
    RunId run = model.found("shop");
    model.begin(run, "refuted");
    Configuration before = model.configuration.get();
    model.configuration.replace(Configuration.none());
    model.work(VerifyBackup.PROCESS);
    assertThat(model.underway(TellSomebody.PROCESS)).isEqualTo(2);
    model.configuration.replace(before);
    model.work(TellSomebody.PROCESS);

    assertThat(server.posted())
        .hasSize(2)
        .allSatisfy(posted -> assertThat(posted.body()).contains(run.value()));
  }

  /** Secrets are a file's; nowhere else do they ever stand, neither plain nor as bytes. */
  @Test
  void secretsAreNeitherInTheDatabaseNorInTheLog() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger("ROOT");
    Level level = root.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    root.setLevel(Level.INFO);
    model.settings.setEnableCmdExceptionLogging(true);
    try {
      server.answer(500, 404);
      box.refuse(451);
      model.told("shop", Reason.WAL_MISSING);
      for (Job job : model.jobs(TellSomebody.PROCESS)) {
        model.execute(job);
      }
      box.refuse(0);
      model.work(TellSomebody.PROCESS);
      incident();
    } finally {
      model.settings.setEnableCmdExceptionLogging(false);
      root.detachAppender(log);
      root.setLevel(level);
    }
    assertThat(box.received()).hasSize(1);
    assertThat(server.posted()).hasSize(2);
    String dump = String.join("\n", model.jdbc.queryForList("script", String.class));
    String said =
        log.list.stream()
            .map(
                event ->
                    event.getFormattedMessage()
                        + (event.getThrowableProxy() == null
                            ? ""
                            : ThrowableProxyUtil.asString(event.getThrowableProxy())))
            .collect(Collectors.joining("\n"));
    assertThat(said)
        .as("what is searched is found")
        .contains("answered with status 500")
        .contains("451 no such user here");
    assertThat(dump)
        .as("what is searched is found")
        .contains(hex("segment 0000B is not there"))
        .contains("wal-missing");
    for (String secret : List.of(SECRET, PASSWORD, "T0KEN")) {
      assertThat(dump).doesNotContain(secret).doesNotContainIgnoringCase(hex(secret));
      assertThat(said).doesNotContain(secret);
    }
  }

  private Job job() {
    return model.jobs(TellSomebody.PROCESS).get(0);
  }

  private Incident incident() {
    assertThat(model.incidents())
        .singleElement()
        .satisfies(
            incident ->
                assertThat(incident.getActivityId())
                    .isEqualTo(TellSomebody.Step.TELL_AFTER_MENDING));
    return model.incidents().get(0);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
