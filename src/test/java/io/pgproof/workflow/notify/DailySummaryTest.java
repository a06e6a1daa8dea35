package io.pgproof.workflow.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.notify.MailBox;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.Mail.Security;
import io.pgproof.target.Notifications;
import io.pgproof.target.Settings;
import io.pgproof.target.SummarySettings;
import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.TellSomebody;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One summary a day, at seven in Berlin, which is six in UTC in winter. */
class DailySummaryTest extends NotificationFixture {
  private static final long DAY = 86_400;

  @BeforeEach
  void start() throws IOException {
    open(new MailBox(), "key");
    model.configure(box.address(Security.NONE), ada, hook);
  }

  @Test
  void aSummaryWaitsForItsTimeAndPlansTheNext() {
    model.summaries.plan();
    model.summaries.plan();
    assertThat(model.underway(DailySummary.PROCESS)).isEqualTo(1);
    assertThat(due()).isEqualTo("2026-03-01T06:00:00Z");

    model.pass(3 * 3600);
    summaryOfThisDay();

    assertThat(box.received()).hasSize(1);
    assertThat(server.posted()).hasSize(1);
    assertThat(model.ends(DailySummary.PROCESS)).containsExactly(DailySummary.Event.DAY_SUMMED_UP);
    assertThat(due()).isEqualTo("2026-03-02T06:00:00Z");
  }

  @Test
  void missedSummariesAreSentOnceAtTheNextStart() {
    model.summaries.plan();
    model.pass(3 * DAY + 4 * 3600);
    model.summaries.plan();
    assertThat(due()).as("still the one that was missed").isEqualTo("2026-03-01T06:00:00Z");
    summaryOfThisDay();

    assertThat(box.received()).hasSize(1);
    assertThat(due()).isEqualTo("2026-03-05T06:00:00Z");
  }

  @Test
  void aChangedTimeAppliesAtOnceAndNoTimeEndsTheSummaries() {
    model.summaries.plan();
    Notifications before = model.configuration.get().telling();
    model.configure(
        new Notifications(
            before.mail(),
            before.recipients(),
            Optional.of(new SummarySettings(LocalTime.of(5, 30), ZoneOffset.UTC, List.of("ada")))),
        List.of());
    model.summaries.plan();
    assertThat(due()).isEqualTo("2026-03-01T05:30:00Z");
    summaryOfThisDay();
    assertThat(box.received()).as("told to those named for it").hasSize(1);
    assertThat(server.posted()).isEmpty();

    model.configure(Notifications.NONE, List.of());
    model.summaries.plan();
    assertThat(model.underway(DailySummary.PROCESS)).isZero();
  }

  @Test
  void aSummaryPlannedByAFastClockIsPlannedAgain() {
    model.pass(365 * DAY);
    model.summaries.plan();
    model.pass(-365 * DAY);
    model.summaries.plan();
    assertThat(due()).isEqualTo("2026-03-01T06:00:00Z");
    assertThat(model.underway(DailySummary.PROCESS)).isEqualTo(1);

    model.pass(3 * 3600);
    summaryOfThisDay();
    model.pass(-3600);
    model.summaries.plan();
    assertThat(due()).as("not told twice on one day").isEqualTo("2026-03-02T06:00:00Z");
  }

  @Test
  void aWithdrawnSummaryIsNotSentAndPlansNoNext() {
    model.summaries.plan();
    model.execute(model.timer());
    model.configure(Notifications.NONE, List.of());
    model.work(DailySummary.PROCESS);

    assertThat(model.underway(DailySummary.PROCESS)).isZero();
    assertThat(model.underway(TellSomebody.PROCESS)).isZero();
  }

  @Test
  void theSummaryShowsTheStateOfAllTargets() throws Exception {
    model.pass(-2 * DAY);
    model.ended("shop", null);
    model.pass(DAY);
    model.ended("shop", Reason.DISK_FULL);
    model.pass(DAY);
    RunId refuted = model.found("shop");
    model.verify(refuted, "refuted");
    model.work(TellSomebody.PROCESS);
    server.answer(404);
    model.tell.notify(new NotificationEvent.ScheduleMissed("shop", model.now(), "x"));
    model.work(TellSomebody.PROCESS);
    model.summaries.plan();
    model.pass(3 * 3600);
    summaryOfThisDay();

    JsonNode summary =
        new ObjectMapper().readTree(server.posted().get(server.posted().size() - 1).body());
    assertThat(summary.path("event").asText()).isEqualTo("daily-summary");
    assertThat(summary.path("subject").asText())
        .isEqualTo("DAILY 0 of 2 proven, 1 refuted, 1 never verified");
    assertThat(
            List.of(
                summary.path("proven").asInt(),
                summary.path("refuted").asInt(),
                summary.path("inconclusive").asInt(),
                summary.path("stale").asInt()))
        .as("in 24 h")
        .containsExactly(0, 1, 0, 0);
    assertThat(summary.path("neverProven")).isEqualTo(new ObjectMapper().readTree("[\"silent\"]"));
    JsonNode shop = summary.path("targets").path(0);
    assertThat(shop.path("verdict").asText()).isEqualTo("refuted");
    assertThat(shop.path("reason").asText()).isEqualTo("wal-missing");
    assertThat(shop.path("run").asText()).isEqualTo(refuted.value());
    assertThat(shop.path("at").asText()).startsWith("2026-03-01T03:00:");
    assertThat(shop.path("ageSeconds").asInt()).isEqualTo(3 * 3600);
    assertThat(summary.path("targets").path(1).path("verdict").isNull()).isTrue();
    assertThat(summary.path("tasks"))
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.path("task").asText()).isEqualTo("Approve escalation");
              assertThat(task.path("target").asText()).isEqualTo("shop");
              assertThat(task.path("run").asText()).isEqualTo(refuted.value());
            });
    assertThat(summary.path("incidents"))
        .singleElement()
        .satisfies(
            incident -> {
              assertThat(incident.path("process").asText()).isEqualTo("Tell somebody");
              assertThat(incident.path("step").asText()).isEqualTo("tellAfterMending");
              assertThat(incident.path("message").asText()).contains("status 404");
            });
    String text = box.received().get(box.received().size() - 1).plain();
    assertThat(text)
        .startsWith("0 of 2 targets are proven, 1 refuted, 1 never verified\n")
        .contains("never proven   ")
        .contains("age of the verdict  3 h")
        .contains("Missed schedules: none");
  }

  @Test
  void theSummaryListsOpenReviewsAndControlsUnderWay() throws Exception {
    model
        .engine
        .getRepositoryService()
        .createDeployment()
        .addClasspathResource(NegativeControl.MODEL)
        .addModelInstance(
            "review.bpmn",
            Bpmn.createExecutableProcess(ReviewResults.PROCESS)
                .camundaHistoryTimeToLive(1)
                .startEvent()
                .userTask()
                .name("Review results")
                .endEvent()
                .done())
        .deploy();
    RuntimeService runtime = model.engine.getRuntimeService();
    runtime.startProcessInstanceByKey(ReviewResults.PROCESS, "2026-02-01/2026-02-28");
    RunId control = RunId.at(model.now());
    runtime.startProcessInstanceByKey(
        NegativeControl.PROCESS, control.value(), Map.of("retryCycle", "PT5S"));
    new Evidence.ControlAsked(
            "shop", Settings.NONE.request(Optional.of("shop"), Path.of("/backups/shop"), "olga"))
        .record(model.trail, control, "olga");
    model.summaries.plan();
    model.pass(3 * 3600);
    summaryOfThisDay();

    JsonNode summary = new ObjectMapper().readTree(server.posted().get(0).body());
    assertThat(summary.path("tasks"))
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.path("task").asText()).isEqualTo("Review results");
              assertThat(task.path("period").asText()).isEqualTo("2026-02-01 to 2026-02-28");
              assertThat(task.path("run").isNull()).isTrue();
            });
    assertThat(summary.path("controls"))
        .singleElement()
        .satisfies(
            underWay -> {
              assertThat(underWay.path("target").asText()).isEqualTo("shop");
              assertThat(underWay.path("control").asText()).isEqualTo(control.value());
            });
    assertThat(box.received().get(0).plain())
        .contains("Negative controls under way\n", control.value());
  }

  @Test
  void theSummaryCarriesTheCheckpointOfTheLog() throws Exception {
    model.checkpoint = "pgproof/4b0d\n7\ncm9vdA==\n\n— pgproof/4b0d c2lnbmF0dXJl\n";
    model.summaries.plan();
    model.pass(3 * 3600);
    summaryOfThisDay();

    assertThat(new ObjectMapper().readTree(server.posted().get(0).body()).path("checkpoint"))
        .isEqualTo(new TextNode(model.checkpoint));
    assertThat(box.received().get(0).plain())
        .containsPattern("log checkpoint +pgproof/4b0d\n +7\n +cm9vdA==\n *\n +— pgproof/4b0d");
    assertThat(anchors())
        .containsExactlyInAnyOrder(
            "anchored the evidence log over 7 positions: mail to ada",
            "anchored the evidence log over 7 positions: web hook hook");
  }

  @Test
  void eachWebHookCarriesTheCheckpointAndOtherMailsDoNot() throws Exception {
    model.checkpoint = "pgproof/4b0d\n7\ncm9vdA==\n\n— pgproof/4b0d c2lnbmF0dXJl\n";
    model.tell.notify(new NotificationEvent.ScheduleMissed("shop", model.now(), "x"));
    model.work(TellSomebody.PROCESS);

    assertThat(new ObjectMapper().readTree(server.posted().get(0).body()).path("checkpoint"))
        .isEqualTo(new TextNode(model.checkpoint));
    assertThat(box.received().get(0).plain()).doesNotContain("checkpoint");
    assertThat(anchors())
        .containsExactly("anchored the evidence log over 7 positions: web hook hook");
  }

  private List<String> anchors() {
    return new ServerHistory(model.trail)
        .latest(10).stream()
            .filter(line -> line.kind().equals("LogAnchored"))
            .map(ServerHistory.Line::what)
            .toList();
  }

  @Test
  void onlyADueRunThatDidNotStartIsMissed() throws Exception {
    model.pass(8 * 3600);
    assertThat(missed())
        .as("nothing began at three")
        .singleElement()
        .isEqualTo(new DailyReport.Missed("shop", 1, Instant.parse("2026-03-01T03:00:00Z")));
    model.pass(16 * 3600 + 30);
    model.asked("shop");
    model.pass(3600);
    assertThat(missed()).as("begun half a minute late").isEmpty();
    model.pass(DAY - 3600 - 25);
    assertThat(missed()).as("due five seconds ago").isEmpty();
  }

  private List<DailyReport.Missed> missed() {
    return new DailyReportBuilder(
            model.trail,
            model.verdicts,
            model.configuration,
            model.engine.getRepositoryService(),
            model.engine.getRuntimeService(),
            model.engine.getTaskService())
        .build(model.now())
        .missed();
  }

  private String due() {
    return model.timer().getDuedate().toInstant().toString();
  }

  private void summaryOfThisDay() {
    model.execute(model.timer());
    model.work(DailySummary.PROCESS);
    model.work(TellSomebody.PROCESS);
  }
}
