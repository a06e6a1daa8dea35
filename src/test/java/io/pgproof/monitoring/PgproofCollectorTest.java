package io.pgproof.monitoring;

import static io.pgproof.evidence.runs.RecordedRuns.MARCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.anchor.AnchorState;
import io.pgproof.evidence.runs.RecordedRuns;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.schedule.NightOnEngine;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a scrape says about targets, tasks and the server. */
class PgproofCollectorTest {
  private static final double THREE = MARCH.getEpochSecond();

  private final ScrapedServer server = new ScrapedServer();
  private final RecordedRuns runs = server.runs;

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void aTargetThatWasNeverProvenHasZeros() throws Exception {
    server.configure(NightOnEngine.target("shop", "0 3 * * *"));
    Map<String, Double> values = scrape();
    assertThat(values)
        .containsEntry("pgproof_target_last_proven_timestamp_seconds{target=\"shop\"}", 0.0)
        .containsEntry("pgproof_target_prove_by_timestamp_seconds{target=\"shop\"}", 0.0)
        .containsEntry("pgproof_target_last_verdict_timestamp_seconds{target=\"shop\"}", 0.0)
        .containsEntry("pgproof_target_next_due_timestamp_seconds{target=\"shop\"}", 0.0)
        .containsEntry("pgproof_schedule_missed_total{target=\"shop\"}", 0.0)
        .containsEntry("pgproof_target_max_age_seconds{target=\"shop\"}", 86_400.0);
    for (Verdict verdict : Verdict.values()) {
      assertThat(values).containsEntry(verdictOf("shop", verdict), 0.0);
    }
    assertThat(values.keySet())
        .noneMatch(name -> name.startsWith("pgproof_target_data_age_seconds"))
        .noneMatch(name -> name.startsWith("pgproof_target_restore_time_seconds"));
  }

  @Test
  void theLogSaysWhenItWasAnchored() throws Exception {
    assertThat(scrape().keySet()).noneMatch(name -> name.startsWith("pgproof_anchor"));
    server.anchors =
        List.of(
            new AnchorState(
                "command", "/bin/anchor", Optional.of(MARCH), 7, true, Optional.empty()));
    server.nanos += 60_000_000_000L;
    assertThat(scrape())
        .containsEntry("pgproof_anchor_timestamp_seconds{way=\"command\"}", THREE)
        .containsEntry("pgproof_anchor_late{way=\"command\"}", 1.0);
  }

  @Test
  void aTargetHasTheResultsOfItsRuns() throws Exception {
    server.configure(NightOnEngine.target("shop", "0 3 * * *"));
    server.night.schedules.reconcile();
    runs.ended("shop", Verdict.PROVEN);
    runs.at(MARCH.plusSeconds(3_600));
    RunId late = runs.ended("shop", Verdict.REFUTED);
    runs.record(late, "schedule", new Evidence.Due(MARCH, 2, Duration.ofHours(1)));
    runs.at(MARCH.plusSeconds(7_200));

    Map<String, Double> values = scrape();

    assertThat(values)
        .containsEntry("pgproof_target_last_proven_timestamp_seconds{target=\"shop\"}", THREE)
        .containsEntry(
            "pgproof_target_prove_by_timestamp_seconds{target=\"shop\"}",
            (double) Instant.parse("2026-03-03T03:00:00Z").getEpochSecond())
        .containsEntry(
            "pgproof_target_last_verdict_timestamp_seconds{target=\"shop\"}", THREE + 3_600)
        .containsEntry("pgproof_target_next_due_timestamp_seconds{target=\"shop\"}", THREE)
        .containsEntry("pgproof_target_data_age_seconds{target=\"shop\"}", 3_600.0)
        .containsEntry("pgproof_target_restore_time_seconds{target=\"shop\"}", 2.0)
        .containsEntry("pgproof_target_phase_seconds{phase=\"restore\",target=\"shop\"}", 1.5)
        .containsEntry("pgproof_target_phase_seconds{phase=\"check\",target=\"shop\"}", 0.07)
        .containsEntry(verdictOf("shop", Verdict.REFUTED), 1.0)
        .containsEntry(verdictOf("shop", Verdict.PROVEN), 0.0)
        .containsEntry(
            "pgproof_runs_total{reason=\"fresh\",target=\"shop\",verdict=\"proven\"}", 1.0)
        .containsEntry(
            "pgproof_runs_total{reason=\"wal-missing\",target=\"shop\",verdict=\"refuted\"}", 1.0)
        .containsEntry("pgproof_schedule_missed_total{target=\"shop\"}", 2.0)
        .containsEntry("pgproof_log_size", 5.0)
        .containsEntry("pgproof_log_entries_lost_timestamp_seconds", 0.0)
        .containsEntry("pgproof_log_export_timestamp_seconds", 0.0);
    assertThat(String.join("\n", values.keySet())).doesNotContain(late.value(), "/backups");
  }

  @Test
  void aLossAndAnExportOfTheEvidenceLogAreShown() throws Exception {
    server.configure();
    new ServerEvent.LogEntriesLost(5, 7, 2).record(runs.log(), "pgproof");
    runs.at(MARCH.plusSeconds(60));
    new ServerEvent.LogExported("/srv/export", "00", 10, 8).record(runs.log(), "ada");
    assertThat(scrape())
        .containsEntry("pgproof_log_entries_lost_timestamp_seconds", THREE)
        .containsEntry("pgproof_log_export_timestamp_seconds", THREE + 60);
  }

  @Test
  void aTargetWithoutAScheduleIsToBeProvenWithinEightDays() throws Exception {
    server.configure(new Target("shop", Path.of("/backups/shop"), Settings.NONE, Plan.NONE));
    runs.ended("shop", Verdict.PROVEN);
    Map<String, Double> values = scrape();
    assertThat(values)
        .containsEntry(
            "pgproof_target_prove_by_timestamp_seconds{target=\"shop\"}", THREE + 8 * 86_400);
    assertThat(values.keySet())
        .noneMatch(name -> name.startsWith("pgproof_target_next_due"))
        .noneMatch(name -> name.startsWith("pgproof_schedule_missed"));
  }

  @Test
  void aTargetHasTheOutcomesOfItsLastControl() throws Exception {
    configureControls();
    server.night.schedules.reconcile();
    assertThat(scrape())
        .containsEntry("pgproof_target_control_timestamp_seconds{target=\"shop\"}", 0.0)
        .containsEntry("pgproof_target_control_by_timestamp_seconds{target=\"shop\"}", 0.0)
        .containsEntry("pgproof_target_control_missed{target=\"shop\"}", 0.0);

    List<ControlResult> results =
        List.of(
            result("page", "pages", Outcome.CAUGHT),
            result("index", "indexes", Outcome.MISSED),
            result("wal", "recovery", Outcome.COULD_NOT_TELL),
            result("row", "rows", Outcome.NOT_APPLICABLE));
    runs.record(
        new RunId("20260301-030000-ctrl"),
        "pgproof",
        new Evidence.ControlEnded("shop", "/backups/shop/monday", results, null));
    server.nanos += Duration.ofMinutes(1).toNanos();
    Map<String, Double> values = scrape();

    assertThat(values)
        .containsEntry("pgproof_target_control_timestamp_seconds{target=\"shop\"}", THREE)
        .containsEntry("pgproof_target_control_missed{target=\"shop\"}", 1.0)
        .containsEntry(outcomeOf("pages", "caught"), 1.0)
        .containsEntry(outcomeOf("pages", "missed"), 0.0)
        .containsEntry(outcomeOf("pages", "could-not-tell"), 0.0)
        .containsEntry(outcomeOf("indexes", "missed"), 1.0)
        .containsEntry(outcomeOf("recovery", "could-not-tell"), 1.0)
        .containsEntry(
            "pgproof_target_next_control_timestamp_seconds{target=\"shop\"}", THREE + 7_200);
    assertThat(values.keySet()).noneMatch(name -> name.contains("check=\"rows\""));
  }

  @Test
  void aTargetIsToBeControlledAgainAfterEachCheckWasTested() throws Exception {
    configureControls();
    assertThat(controlBy()).as("no control").isZero();

    controlled("20260301-030000-ctrl", Outcome.CAUGHT, Outcome.COULD_NOT_TELL);
    assertThat(controlBy()).as("recovery was not tested").isZero();

    runs.at(MARCH.plus(Duration.ofDays(1)));
    controlled("20260302-030000-ctrl", Outcome.COULD_NOT_TELL, Outcome.MISSED);
    // The second Sunday after the pages were tested: the first one may fail.
    double second = THREE + 7_200 + 7 * 86_400;
    assertThat(controlBy()).isEqualTo(second);

    runs.at(MARCH.plus(Duration.ofDays(8)));
    controlled("20260309-030000-ctrl", Outcome.COULD_NOT_TELL, Outcome.COULD_NOT_TELL);
    assertThat(controlBy()).as("nothing was tested").isEqualTo(second);

    controlled("20260309-040000-ctrl", Outcome.CAUGHT, Outcome.COULD_NOT_TELL);
    assertThat(controlBy()).as("recovery was tested on a Monday").isEqualTo(second + 7 * 86_400);
  }

  /** Controls of the target are due on Sundays, at 5 o'clock. */
  private void configureControls() throws Exception {
    server.configure(
        new Target(
            "shop",
            Path.of("/backups/shop"),
            Settings.NONE,
            new Plan(
                Optional.empty(),
                Optional.of(new Schedule("0 5 * * 0", ZoneOffset.UTC)),
                false,
                List.of())));
  }

  private void controlled(String control, Outcome pages, Outcome recovery) {
    runs.record(
        new RunId(control),
        "pgproof",
        new Evidence.ControlEnded(
            "shop",
            "/backups/shop/monday",
            List.of(result("page", "pages", pages), result("wal", "recovery", recovery)),
            null));
    server.nanos += Duration.ofMinutes(1).toNanos();
  }

  private double controlBy() throws Exception {
    return scrape().get("pgproof_target_control_by_timestamp_seconds{target=\"shop\"}");
  }

  private static ControlResult result(String layer, String check, Outcome outcome) {
    return new ControlResult(layer, check, outcome, List.of(), null, null, null);
  }

  private static String outcomeOf(String check, String outcome) {
    return "pgproof_target_control_outcome{check=\"%s\",outcome=\"%s\",target=\"shop\"}"
        .formatted(check, outcome);
  }

  @Test
  void aTargetThatLeavesTheConfigurationLeavesTheMetrics() throws Exception {
    server.configure(
        new Target(
            "shop",
            Path.of("/backups/shop"),
            Settings.NONE.with(Setting.MAX_AGE, Duration.ofMinutes(1)),
            Plan.NONE));
    runs.ended("shop", Verdict.PROVEN);
    runs.ended("old", Verdict.PROVEN);
    Map<String, Double> values = scrape();
    assertThat(values).containsEntry("pgproof_target_max_age_seconds{target=\"shop\"}", 60.0);
    assertThat(values.keySet()).noneMatch(name -> name.contains("\"old\""));
    server.configure();
    assertThat(scrape().keySet()).noneMatch(name -> name.contains("shop"));
  }

  @Test
  void tasksIncidentsAndLeftoversAreCounted() throws Exception {
    server.leftovers = 3;
    server.tasks =
        List.of(
            ScrapedServer.task("1", Groups.APPROVERS, MARCH.plusSeconds(5)),
            ScrapedServer.task("2", Groups.APPROVERS, MARCH));
    assertThat(scrape())
        .containsEntry("pgproof_open_tasks{group=\"backup-approvers\"}", 2.0)
        .containsEntry("pgproof_open_tasks{group=\"backup-operators\"}", 0.0)
        .containsEntry(
            "pgproof_open_task_oldest_timestamp_seconds{group=\"backup-approvers\"}", THREE)
        .containsEntry(
            "pgproof_open_task_oldest_timestamp_seconds{group=\"backup-operators\"}", 0.0)
        .containsEntry("pgproof_incidents{process=\"verifyBackup\"}", 0.0)
        .containsEntry("pgproof_leftovers", 3.0)
        .containsEntry("pgproof_health{check=\"database\"}", 1.0)
        .containsEntry("pgproof_health{check=\"jobs\"}", 0.0)
        .containsEntry("pgproof_build_info{version=\"1.2.3\"}", 1.0);
  }

  @Test
  void valuesThatAreNotKnownAreLeftOut() throws Exception {
    server.configure(new Target("shop", Path.of("/backups/shop"), Settings.NONE, Plan.NONE));
    PgproofCollector collector = server.collector();
    assertThat(values(collector.collect())).containsKey("pgproof_leftovers");
    server.database.dispose();
    server.nanos += Duration.ofSeconds(4).toNanos();
    assertThat(values(collector.collect()).keySet())
        .containsExactlyInAnyOrder(
            "pgproof_health{check=\"database\"}",
            "pgproof_health{check=\"jobs\"}",
            "pgproof_build_info{version=\"1.2.3\"}");
  }

  /** One after another, each target of a thousand would take too long. */
  @Test
  void theNumberOfQueriesDoesNotDependOnTheNumberOfTargets() throws Exception {
    runs.ended("target-0", Verdict.PROVEN);
    server.configure(targets(1));
    int one = queriesOfAScrape();
    IntStream.range(1, 50).forEach(i -> runs.ended("target-" + i, Verdict.STALE));
    server.configure(targets(50));
    assertThat(queriesOfAScrape()).isEqualTo(one).isPositive();
  }

  private int queriesOfAScrape() throws Exception {
    int before = server.counted.statements();
    assertThat(scrape()).containsEntry(verdictOf("target-0", Verdict.PROVEN), 1.0);
    return server.counted.statements() - before;
  }

  private static Target[] targets(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> new Target("target-" + i, Path.of("/backups/" + i), Settings.NONE, Plan.NONE))
        .toArray(Target[]::new);
  }

  @Test
  void thePageListsAllMetrics() throws IOException {
    List<String> table = new ArrayList<>(List.of("| metric | labels | meaning |", "|---|---|---|"));
    for (Metric metric : Metric.values()) {
      table.add(
          "| `"
              + metric.metricName()
              + "` | "
              + (metric.labels().isEmpty()
                  ? "–"
                  : metric.labels().stream()
                      .map(label -> "`" + label.label() + "`")
                      .collect(Collectors.joining(", ")))
              + " | "
              + metric.meaning()
              + " |");
    }
    assertThat(Files.readString(Path.of("docs/monitoring.md"))).contains(String.join("\n", table));
  }

  private Map<String, Double> scrape() throws IOException {
    return values(server.collector().collect());
  }

  private static Map<String, Double> values(MetricSnapshots snapshots) throws IOException {
    return Arrays.stream(ScrapedServer.text(snapshots).split("\n"))
        .filter(line -> !line.startsWith("#"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
  }

  private static String verdictOf(String target, Verdict verdict) {
    return "pgproof_target_verdict{target=\"" + target + "\",verdict=\"" + verdict.word() + "\"}";
  }
}
