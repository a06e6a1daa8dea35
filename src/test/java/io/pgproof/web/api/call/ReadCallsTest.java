package io.pgproof.web.api.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.ClockHold;
import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.Configuration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.token.Scope;
import io.pgproof.workflow.decide.PeopleOnEngine;
import io.pgproof.workflow.model.Groups;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the calls show of targets, runs, evidence and tasks. */
class ReadCallsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ServedCalls calls;
  private static String token;
  private static RunId proven;
  private static RunId stale;
  private static RunId refuted;

  @BeforeAll
  static void serve() {
    calls = new ServedCalls();
    calls.user("aude", Groups.AUDITORS);
    calls.user("olga", Groups.OPERATORS);
    token = calls.token("aude", Scope.READ);
    calls.people.configuration.replace(
        new Configuration(
            Path.of("pgproof.yaml"),
            1,
            Notifications.NONE,
            List.of(
                new Target(
                    "shop",
                    Path.of("/backups/shop"),
                    Settings.NONE,
                    new Plan(
                        Optional.of(new Schedule("30 3 * * *", ZoneOffset.UTC)),
                        Optional.of(new Schedule("0 5 * * 0", ZoneOffset.UTC)),
                        true,
                        List.of())),
                new Target("billing", Path.of("/backups/billing"), Settings.NONE, Plan.NONE),
                new Target("never", Path.of("/backups/never"), Settings.NONE, Plan.NONE))));
    proven = calls.people.run("otto", "shop", PeopleOnEngine.MONDAY, Reason.FRESH);
    stale = calls.people.run("tester", "shop", PeopleOnEngine.MONDAY, Reason.TOO_OLD);
    refuted = calls.people.run("tester", "left", PeopleOnEngine.MONDAY, Reason.ARCHIVE_CORRUPT);
  }

  @AfterAll
  static void end() {
    calls.close();
  }

  private static JsonNode read(String path) throws Exception {
    ServedCalls.Answer answer = calls.get(path, token);
    assertThat(answer.status()).as(answer.http().body()).isEqualTo(200);
    return answer.body();
  }

  private static List<String> texts(JsonNode items, String member) {
    return StreamSupport.stream(items.spliterator(), false)
        .map(item -> item.get(member).asText())
        .toList();
  }

  @Test
  void targetsComeInTheOrderOfTheConfiguration() throws Exception {
    JsonNode items = read("/targets").get("items");
    assertThat(texts(items, "name")).containsExactly("shop", "billing", "never");
    JsonNode shop = items.get(0);
    assertThat(shop).isEqualTo(read("/targets/shop"));
    assertThat(shop.get("path").asText()).isEqualTo("/backups/shop");
    assertThat(shop.get("schedule").asText()).isEqualTo("30 3 * * *");
    assertThat(shop.get("controlSchedule").asText()).isEqualTo("0 5 * * 0");
    assertThat(shop.get("nextControlDueAt").asText()).isEqualTo("2026-03-01T05:00:00Z");
    assertThat(shop.get("watch").asBoolean()).isTrue();
    assertThat(shop.get("lastRun").asText()).isEqualTo(stale.value());
    assertThat(shop.get("lastVerdict").asText()).isEqualTo("stale");
    assertThat(shop.get("lastProvenAt").asText()).isEqualTo("2026-03-01T03:01:00Z");
    assertThat(shop.get("nextDueAt").asText()).isEqualTo("2026-03-01T03:30:00Z");
    assertThat(shop.get("openTasks").asInt()).isEqualTo(1);
    assertThat(items.get(2).toString())
        .isEqualTo(
            "{\"name\":\"never\",\"path\":\"/backups/never\",\"schedule\":null,"
                + "\"controlSchedule\":null,\"watch\":false,"
                + "\"lastRun\":null,\"lastVerdict\":null,\"lastProvenAt\":null,\"nextDueAt\":null,"
                + "\"nextControlDueAt\":null,"
                + "\"openTasks\":0}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/targets/left",
        "/targets/no-such",
        "/runs/20990101-000000-aaaa",
        "/runs/none",
        "/runs/none/evidence",
        "/runs/none/certificate",
        "/runs/20990101-000000-aaaa/certificate",
        "/runs/20990101-000000-aaaa/evidence"
      })
  void whatDoesNotExistIsNotFound(String path) throws Exception {
    ServedCalls.Answer answer = calls.get(path, token);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body().get("type").asText()).isEqualTo("urn:pgproof:problem:not-found");
    assertThat(answer.body().get("hint").asText()).startsWith("GET /api/v1/");
  }

  @Test
  void aRunsCertificateIsAnArchive() throws Exception {
    HttpResponse<byte[]> answer =
        calls.download("/runs/" + refuted.value() + "/certificate", token);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"pgproof-certificate-" + refuted.value() + ".zip\"");
    Map<String, byte[]> files = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
      for (ZipEntry file = zip.getNextEntry(); file != null; file = zip.getNextEntry()) {
        files.put(file.getName(), zip.readAllBytes());
      }
    }
    String directory = "pgproof-certificate-" + refuted.value() + "/";
    assertThat(files).allSatisfy((name, bytes) -> assertThat(name).startsWith(directory));
    assertThat(files)
        .containsKeys(
            directory + "VerifyPgproof.java",
            directory + "certificate.pdf",
            directory + "SHA256SUMS");
    JsonNode statement = JSON.readTree(files.get(directory + "certificate.json"));
    assertThat(statement.at("/predicate/pgproof/run").asText()).isEqualTo(refuted.value());
    assertThat(statement.at("/predicate/result").asText()).isEqualTo("FAILED");
  }

  @Test
  void aCallThatWouldWaitLongForACertificateIsToldWhenToAskAgain() throws Exception {
    String path = "/runs/" + refuted.value() + "/certificate";
    ClockHold clock = calls.context.getBean(ClockHold.class);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    List<Future<HttpResponse<byte[]>>> issued = new ArrayList<>();
    clock.hold();
    try {
      for (int i = 0; i < 2; i++) {
        issued.add(threads.submit(() -> calls.download(path, token)));
      }
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> clock.waiting() == 2);
      ServedCalls.Answer answer = calls.get(path, token);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.http().headers().firstValue("Retry-After")).contains("1");
      assertThat(answer.body().get("type").asText())
          .isEqualTo("urn:pgproof:problem:certificates-busy");
      assertThat(answer.body().get("hint").asText()).isEqualTo("ask again in 1 s");
    } finally {
      clock.release();
      threads.shutdown();
    }
    for (Future<HttpResponse<byte[]>> answer : issued) {
      assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  private static int entries(JdbcTemplate jdbc) {
    return jdbc.queryForObject(
        "select count(*) from pgproof_evidence where run = ?", Integer.class, refuted.value());
  }

  @Test
  void aRunWhoseEvidenceWasRemovedIsGone() throws Exception {
    JdbcTemplate jdbc = new JdbcTemplate(calls.people.database);
    jdbc.update(
        "insert into pgproof_removal (entry, at, export_sha256) select max(id), timestamp with time zone '2026-12-01 00:00:00Z',"
            + " 'ab12' from pgproof_evidence");
    jdbc.update(
        "insert into pgproof_removed_run (run, entry, missed) select ?, entry, 0 from pgproof_removal",
        refuted.value());
    try {
      for (String part : List.of("", "/evidence", "/certificate")) {
        ServedCalls.Answer answer = calls.get("/runs/" + refuted + part, token);
        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.body().get("type").asText())
            .isEqualTo("urn:pgproof:problem:evidence-removed");
        assertThat(answer.body().get("detail").asText()).contains(refuted.value(), "ab12");
      }
      int entries = entries(jdbc);
      ServedCalls.Answer cancelled =
          calls.post("/runs/" + refuted + "/cancel", calls.token("olga", Scope.VERIFY), "");
      assertThat(cancelled.status()).isEqualTo(410);
      assertThat(entries(jdbc)).isEqualTo(entries);
      assertThat(texts(read("/runs?verdict=refuted").get("items"), "run"))
          .containsExactly(refuted.value());
    } finally {
      jdbc.execute("drop trigger pgproof_removed_run_insert_only");
      jdbc.update("delete from pgproof_removed_run");
    }
  }

  @Test
  void runsAreFiltered() throws Exception {
    assertThat(texts(read("/runs").get("items"), "run"))
        .containsExactly(refuted.value(), stale.value(), proven.value());
    assertThat(texts(read("/runs?target=shop").get("items"), "run"))
        .containsExactly(stale.value(), proven.value());
    assertThat(texts(read("/runs?target=shop&verdict=proven").get("items"), "run"))
        .containsExactly(proven.value());
    assertThat(texts(read("/runs?reason=archive-corrupt").get("items"), "run"))
        .containsExactly(refuted.value());
    assertThat(texts(read("/runs?person=otto").get("items"), "run"))
        .containsExactly(proven.value());
    assertThat(texts(read("/runs?from=2026-03-01T03:02:00Z").get("items"), "run"))
        .containsExactly(refuted.value(), stale.value());
    assertThat(texts(read("/runs?to=2026-03-01T04:02:00%2B01:00&person=otto").get("items"), "run"))
        .containsExactly(proven.value());
  }

  @Test
  void runsArePaged() throws Exception {
    List<String> found = new ArrayList<>();
    JsonNode page = read("/runs?limit=1");
    found.addAll(texts(page.get("items"), "run"));
    while (!page.get("next").isNull()) {
      page = read("/runs?limit=1&before=" + page.get("next").asText());
      found.addAll(texts(page.get("items"), "run"));
    }
    assertThat(found).containsExactly(refuted.value(), stale.value(), proven.value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/runs?limit=0 | limit is '0'; allowed: from 1 to 200",
        "/runs?limit=201 | limit is '201'",
        "/runs?limit=many | limit is 'many'",
        "/runs?verdict=good | verdict is 'good'; allowed: proven, stale, inconclusive, refuted",
        "/runs?reason=weather | reason is 'weather'",
        "/runs?from=yesterday | from is 'yesterday'; allowed: a time such as",
        "/runs?to=2026-03-01 | to is '2026-03-01'",
        "/runs?before=x | before is 'x'; allowed: the member next of the page before",
        "/runs?before=20990101-000000-aaaa | before is '20990101-000000-aaaa'",
        "/runs?traget=shop | unknown parameter 'traget'; allowed: [before, from,",
        "/targets?name=shop | unknown parameter 'name'; allowed: []",
      })
  void aWrongParameterIsNamed(String path, String said) throws Exception {
    ServedCalls.Answer answer = calls.get(path, token);
    assertThat(answer.status()).as(answer.http().body()).isEqualTo(400);
    assertThat(answer.body().get("type").asText()).isEqualTo("urn:pgproof:problem:bad-request");
    assertThat(answer.body().get("detail").asText()).contains(said);
    assertThat(answer.body().get("hint").asText()).isNotBlank();
  }

  @Test
  void aRunIsShownWithItsReport() throws Exception {
    JsonNode run = read("/runs/" + stale);
    assertThat(run.get("target").asText()).isEqualTo("shop");
    assertThat(run.get("path").asText()).isEqualTo("/backups/shop");
    assertThat(run.get("askedBy").asText()).isEqualTo("tester");
    assertThat(run.get("askedAt").asText()).isEqualTo("2026-03-01T03:02:00Z");
    assertThat(run.get("verdict").asText()).isEqualTo("stale");
    assertThat(run.get("reason").asText()).isEqualTo("too-old");
    assertThat(run.get("phase").isNull()).isTrue();
    assertThat(run.get("stopped").isNull()).isTrue();
    assertThat(run.get("report"))
        .isEqualTo(
            JSON.readTree(
                EvidenceJson.write(
                    new RunHistory(calls.people.trail).report(stale).orElseThrow())));
    assertThat(run.get("report").get("schema").asInt()).isEqualTo(1);
  }

  @Test
  void theEvidenceOfARunIsPagedInItsOrder() throws Exception {
    List<EvidenceEntry> recorded = calls.people.trail.of(stale);
    List<JsonNode> found = new ArrayList<>();
    String after = "";
    for (String next = "0"; next != null; ) {
      JsonNode page = read("/runs/" + stale + "/evidence?limit=3" + after);
      page.get("items").forEach(found::add);
      next = page.get("next").isNull() ? null : page.get("next").asText();
      after = "&after=" + next;
    }
    assertThat(found).hasSameSizeAs(recorded).hasSizeGreaterThan(6);
    for (int i = 0; i < recorded.size(); i++) {
      assertThat(found.get(i).get("kind").asText()).isEqualTo(recorded.get(i).kind());
      assertThat(found.get(i).get("facts")).isEqualTo(JSON.readTree(recorded.get(i).body()));
      assertThat(found.get(i).get("text").asText()).isNotBlank();
    }
    assertThat(read("/runs/" + stale + "/evidence").get("items")).hasSize(recorded.size());
    assertThat(calls.get("/runs/" + stale + "/evidence?after=x", token).status()).isEqualTo(400);
    assertThat(calls.get("/runs/" + stale + "/evidence?limit=1001", token).status()).isEqualTo(400);
  }

  @Test
  void aReportIsMadeAboutThePeriodAndTheTargets() throws Exception {
    String today =
        java.time.LocalDate.ofInstant(calls.people.clock.instant(), ZoneOffset.UTC).toString();
    JsonNode report =
        calls
            .get("/report?from=" + today + "&to=" + today + "&target=shop", token)
            .body()
            .get("report");
    assertThat(report.at("/targets")).hasSize(1);
    assertThat(report.at("/runs").findValuesAsText("run")).contains(proven.value());
    assertThat(report.at("/runs").findValuesAsText("target")).containsOnly("shop");
    assertThat(calls.get("/report?from=" + today, token).body().get("detail").asText())
        .isEqualTo("to is ''; allowed: a day from 2000-01-01 to " + today + " (today)");
    assertThat(
            calls
                .get("/report?from=" + today + "&to=" + today + "&target=shpo", token)
                .body()
                .get("hint")
                .asText())
        .startsWith("the targets are ");
  }

  @Test
  void openTasksSayWhatMayBeDecided() throws Exception {
    JsonNode items = read("/tasks").get("items");
    assertThat(texts(items, "run")).containsExactly(stale.value(), refuted.value());
    JsonNode review = items.get(0);
    assertThat(review.get("name").asText()).isEqualTo("Review stale backup");
    assertThat(review.get("target").asText()).isEqualTo("shop");
    assertThat(review.get("group").asText()).isEqualTo(Groups.OPERATORS);
    assertThat(review.get("assignee").isNull()).isTrue();
    assertThat(review.get("decisions").toString())
        .isEqualTo("[\"accept\",\"newBackup\",\"escalate\"]");
    assertThat(items.get(1).get("group").asText()).isEqualTo(Groups.APPROVERS);
  }
}
