package io.pgproof.monitoring;

import static io.pgproof.evidence.runs.RecordedRuns.MARCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.schedule.NightOnEngine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard for Grafana that the documentation offers. Prometheus runs its queries. */
class DashboardTest {
  private static final Path DASHBOARD = Path.of("docs/monitoring/pgproof-dashboard.json");
  private static final Path RULES = Path.of("docs/monitoring/pgproof-alerts.yaml");
  private static final String DATA_SOURCE = "${datasource}";
  private static final int COLUMNS = 24;
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

  private static JsonNode dashboard;

  @BeforeAll
  static void read() throws IOException {
    dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
  }

  @Test
  @Tag("root")
  void eachQueryHasAResult(@TempDir Path place) throws Exception {
    try (ScrapedServer server = new ScrapedServer()) {
      record(server);
      HttpServer scraped = serve(server);
      try (PrometheusServer prometheus =
          new PrometheusServer(place, scraped.getAddress().getPort(), RULES)) {
        prometheus.awaitSamples();
        for (String query : queries()) {
          assertThat(prometheus.query(query.replace("$target", ".*"))).as(query).isNotEmpty();
        }
        Matcher variable = LABEL_VALUES.matcher(variable("target").get("definition").asText());
        assertThat(variable.matches()).isTrue();
        assertThat(prometheus.series(variable.group(1)))
            .extracting(series -> series.get(variable.group(2)).asText())
            .containsExactlyInAnyOrder("shop", "crm", "new");
        await().untilAsserted(() -> assertRulesAreEvaluated(prometheus));
      } finally {
        scraped.stop(0);
      }
    }
  }

  /** The alerts of the recorded runs are pending or firing, and no others. */
  private static void assertRulesAreEvaluated(PrometheusServer prometheus) throws Exception {
    List<String> firing = new ArrayList<>();
    for (JsonNode rule : prometheus.rules().get(0).get("rules")) {
      assertThat(rule.get("health").asText()).as(rule.toString()).isEqualTo("ok");
      for (JsonNode alert : rule.get("alerts")) {
        firing.add(alert.get("labels").get("alertname").asText());
      }
    }
    assertThat(firing)
        .contains(
            "PgproofRefuted",
            "PgproofRecoverySlow",
            "PgproofNeverProven",
            "PgproofRestoreTestStale",
            "PgproofUndecided",
            "PgproofLeftovers",
            "PgproofUnhealthy")
        .doesNotContain("PgproofAbsent", "PgproofScheduleMissed", "PgproofIncident");
  }

  private static void record(ScrapedServer server) {
    server.configure(
        NightOnEngine.target("shop", "0 3 * * *"),
        NightOnEngine.target("crm", "0 4 * * *"),
        NightOnEngine.target("new", "0 5 * * *"));
    server.night.schedules.reconcile();
    RunId run = RunId.at(MARCH);
    server.runs.record(
        run,
        "ada",
        new Evidence.Asked(
            Settings.NONE
                .with(Setting.RTO_OBJECTIVE, Duration.ofSeconds(1))
                .request(Optional.of("shop"), Path.of("/backups/shop"), "ada"),
            null));
    server.runs.reach(run, "shop", Verdict.PROVEN);
    server.runs.ended("crm", Verdict.REFUTED);
    server.leftovers = 1;
    server.tasks = List.of(ScrapedServer.task("1", Groups.APPROVERS, MARCH));
  }

  private static HttpServer serve(ScrapedServer server) throws IOException {
    PgproofCollector collector = server.collector();
    HttpServer scraped =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    scraped.createContext(
        "/actuator/prometheus",
        exchange -> {
          try (exchange) {
            byte[] text = ScrapedServer.text(collector.collect()).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
          }
        });
    scraped.start();
    return scraped;
  }

  @Test
  void queriesUseOnlyMetricsThatAreServed() {
    assertThat(queries()).hasSizeGreaterThan(20).allSatisfy(UsedMetrics::assertServed);
  }

  @Test
  void panelsAskTheChosenPrometheus() {
    assertThat(variable("datasource").get("type").asText()).isEqualTo("datasource");
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        assertThat(target.get("datasource").get("uid").asText()).isEqualTo(DATA_SOURCE);
      }
      if (!panel.get("type").asText().equals("row")) {
        assertThat(panel.get("datasource").get("uid").asText()).isEqualTo(DATA_SOURCE);
        assertThat(panel.get("targets")).as(panel.get("title").asText()).isNotEmpty();
      }
    }
  }

  @Test
  void panelsDoNotOverlap() {
    Set<String> taken = new HashSet<>();
    Set<Integer> ids = new HashSet<>();
    for (JsonNode panel : panels()) {
      String title = panel.get("title").asText();
      assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
      JsonNode grid = panel.get("gridPos");
      int x = grid.get("x").asInt();
      int y = grid.get("y").asInt();
      assertThat(x + grid.get("w").asInt()).as(title).isLessThanOrEqualTo(COLUMNS);
      for (int column = x; column < x + grid.get("w").asInt(); column++) {
        for (int line = y; line < y + grid.get("h").asInt(); line++) {
          assertThat(taken.add(column + "," + line)).as(title).isTrue();
        }
      }
    }
  }

  private static JsonNode panels() {
    assertThat(dashboard.get("panels")).isNotEmpty();
    return dashboard.get("panels");
  }

  private static JsonNode variable(String name) {
    for (JsonNode variable : dashboard.get("templating").get("list")) {
      if (variable.get("name").asText().equals(name)) {
        return variable;
      }
    }
    throw new AssertionError("no variable " + name);
  }

  private static List<String> queries() {
    List<String> queries = new ArrayList<>();
    panels()
        .forEach(
            panel ->
                panel.path("targets").forEach(target -> queries.add(target.get("expr").asText())));
    return queries;
  }
}
