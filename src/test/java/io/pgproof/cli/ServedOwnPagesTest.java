package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.ControlResult.Outcome;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import io.pgproof.token.TokenSecret;
import io.pgproof.web.Browser;
import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * pgproof's own pages in a real browser, of the program as {@code ./pgproof serve} starts it, about
 * real verifications.
 */
@Tag("container")
class ServedOwnPagesTest {
  private static final String PASSWORD = "Restore-2-prove";
  private static final int NIGHTS = 80;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The labels of models that stand outside the part of the card that is shown. */
  private static final String CLIPPED =
      """
      [...document.querySelectorAll('svg.model text')]
        .filter(text => {
          const label = text.getBoundingClientRect();
          const card = text.closest('.scroll').getBoundingClientRect();
          const svg = text.closest('svg').getBoundingClientRect();
          return label.left < Math.max(svg.left, card.left) - 0.5
            || label.right > Math.min(svg.right, card.right) + 0.5;
        })
        .map(text => text.textContent)
      """;

  private static final Map<String, String> GROUPS =
      Map.of(
          "olga", Groups.OPERATORS,
          "olaf", Groups.OPERATORS,
          "arne", Groups.APPROVERS,
          "aude", Groups.AUDITORS,
          "ada", Groups.ADMINISTRATORS);

  private static final Map<String, ChromiumPage> PAGES = new HashMap<>();
  private static final Map<String, String> RUNS = new HashMap<>();
  private static StateDirectory state;
  private static Program server;
  private static Playwright playwright;
  private static com.microsoft.playwright.Browser chromium;

  @BeforeAll
  static void serveAndBrowse() throws Exception {
    state = TestEnvironment.stateWithImage(15);
    Path config = configure();
    recordNights(Configuration.read(config));
    server = Program.serve(state.path());
    Browser administrator = new Browser(server.address());
    administrator.logIn("admin", Files.readString(state.path().resolve("admin-password")).strip());
    for (String person : GROUPS.keySet()) {
      administrator.addPerson(person, PASSWORD, GROUPS.get(person));
    }
    administrator.addPerson("nobody", PASSWORD);
    verify(config, "shop", "tester", "proven");
    verify(config, "crm", "tester", "stale");
    verify(config, "asked-by-olga", "olga", "stale");
    verify(config, "billing", "tester", "refuted");
    verify(config, "archive", "tester", "refuted");
    playwright = ChromiumPage.playwright();
    chromium = ChromiumPage.launch(playwright);
    for (String person : GROUPS.keySet()) {
      ChromiumPage page = new ChromiumPage(chromium, server.address());
      page.logIn(person, PASSWORD);
      page.awaitText("targets are not proven");
      PAGES.put(person, page);
    }
  }

  private static Path configure() throws IOException {
    Path retention = Files.createDirectory(state.path().resolve("retention"));
    Path newest = TestEnvironment.copy(TestEnvironment.backup(15), retention.resolve("tuesday"));
    Files.move(newest, retention.resolve("tuesday-2"));
    Path billing = backup("billing");
    truncate(billing.resolve("base.tar.gz"));
    Path archive = backup("archive");
    truncate(archive.resolve("base.tar.gz"));
    Path config = state.path().resolve("pgproof.yaml");
    Files.writeString(
        config,
        """
        review-schedule: "* * * * *"
        targets:
          - {name: shop, path: %s, schedule: "30 3 * * *", control-schedule: "0 %d * * 0", watch: true, max-age: 24h, freshness-query: "%s", assertions: [select count(*) > 0 from order_lines]}
          - {name: crm, path: %s, depth: quick, max-age: 1s}
          - {name: asked-by-olga, path: %s, depth: quick, max-age: 1s}
          - {name: billing, path: %s}
          - {name: archive, path: %s}
          - {name: slow, path: %s, depth: quick, assertions: [select pg_sleep(30) is not null]}
          - {name: gone, path: %s}
          - {name: api, path: %s, depth: quick, max-age: 900d}
        """
            .formatted(
                retention,
                // Never while the test runs.
                (OffsetDateTime.now(ZoneOffset.UTC).getHour() + 12) % 24,
                SourceDatabase.FRESHNESS_QUERY,
                backup("crm"),
                backup("asked-by-olga"),
                billing,
                archive,
                backup("slow"),
                state.path().resolve("nowhere"),
                backup("api")));
    return config;
  }

  private static Path backup(String name) throws IOException {
    return TestEnvironment.copy(
        TestEnvironment.backup(15), state.path().resolve("backups").resolve(name));
  }

  private static void truncate(Path file) throws IOException {
    try (RandomAccessFile archive = new RandomAccessFile(file.toFile(), "rw")) {
      archive.setLength(archive.length() - 5_000);
    }
  }

  /** Nights before the server was started, so that charts have something to show. */
  private static void recordNights(Configuration configuration) throws IOException {
    PastRuns past = new PastRuns(state);
    Instant first = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(NIGHTS));
    past.recordServer(
        new ServerEvent.ReviewsBegun(LocalDate.ofInstant(first, ZoneOffset.UTC), "* * * * * UTC"));
    for (int night = 0; night < NIGHTS; night++) {
      Instant at = first.plus(Duration.ofDays(night)).plus(Duration.ofMinutes(210));
      past.record(
          configuration.target("shop").request("schedule"),
          new PastRuns.Night(
              at,
              night == 31
                  ? Verdict.REFUTED
                  : night % 23 == 11
                      ? Verdict.STALE
                      : night == 52 ? Verdict.INCONCLUSIVE : Verdict.PROVEN,
              night % 23 == 11 ? Duration.ofHours(26) : Duration.ofMinutes(200 + night * 37 % 90),
              Duration.ofSeconds(500 + night * 4 + night * 29 % 60)));
      if (night % 7 != 5) {
        RunId run =
            past.record(
                configuration.target("billing").request("schedule"),
                new PastRuns.Night(
                    at,
                    night > 76 ? Verdict.REFUTED : Verdict.PROVEN,
                    Duration.ofMinutes(300 + night * 13 % 200),
                    Duration.ofSeconds(900 + night * 17 % 200)));
        if (night == 0) {
          past.removed(run, "ab".repeat(32));
          RUNS.put("removed", run.value());
        }
      }
    }
    recordControl(past, configuration, first);
  }

  private static void recordControl(PastRuns past, Configuration configuration, Instant at) {
    RunId run = RunId.at(at);
    RunId control = RunId.at(at);
    String damage = "a page with a wrong checksum in base/1/1255";
    past.add(
        run,
        at,
        "control",
        new Evidence.Asked(
            configuration.target("crm").request("control"),
            null,
            new Evidence.ControlRun(control.value(), "crm", "page", damage, 1)));
    past.add(
        control,
        at,
        "pgproof",
        new Evidence.ControlEnded(
            "crm",
            "/backups/crm",
            List.of(
                new ControlResult(
                    "page", "pages", Outcome.CAUGHT, List.of("pages"), run.value(), damage, null),
                new ControlResult(
                    "index", "indexes", Outcome.MISSED, List.of(), run.value(), "exchanged", null),
                new ControlResult(
                    "row", "rows", Outcome.NOT_APPLICABLE, List.of(), null, null, "not deep")),
            null));
    RUNS.put("control", run.value());
  }

  private static void verify(Path config, String target, String askedBy, String verdict)
      throws Exception {
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      Reply reply =
          client
              .send(
                  new Request.Verify(Configuration.read(config).target(target).request(askedBy)),
                  said -> {
                    if (said instanceof Reply.Begun begun) {
                      RUNS.put(target, begun.run());
                    }
                  })
              .orElseThrow();
      assertThat(((Reply.Verdict) reply).report().verdict().word()).isEqualTo(verdict);
    }
  }

  @AfterAll
  static void end() throws Exception {
    if (playwright != null) {
      playwright.close();
    }
    server.terminate();
    server.await();
    Remains.assertNone(state);
    Trees.remove(state.path());
  }

  @ParameterizedTest
  @ValueSource(strings = {"olga", "arne", "aude", "ada"})
  void theFirstPageShowsTargetsAndWhatNeedsSomebody(String person) {
    ChromiumPage page = PAGES.get(person);
    page.open("/");
    assertThat(page.find("h1").innerText()).contains("of 8 targets are not proven", "decisions");
    assertThat(row(page, "billing").innerText())
        .contains("refuted", "1 open task", "PostgreSQL 15");
    assertThat(row(page, "shop").innerText()).contains("proven", "24 h allowed", "in ");
    assertThat(row(page, "gone").innerText()).contains("never tried", "never", "only on request");
    assertThat(page.find("tbody tr").first().innerText()).contains("refuted");
    Locator need = page.find(".need").filter(new Locator.FilterOptions().setHasText("billing"));
    assertThat(need.innerText()).contains("waits for backup-approvers", "escalates in");
    assertThat(need.locator("a").innerText()).startsWith(person.equals("arne") ? "Decide" : "Show");
    page.examine("own-overview-" + person);
  }

  private static Locator row(ChromiumPage page, String target) {
    return page.find("tbody tr")
        .filter(
            new Locator.FilterOptions().setHas(page.find("th a[href='/targets/" + target + "']")));
  }

  @Test
  void theOverviewFindsTargetsByName() {
    ChromiumPage page = PAGES.get("olga");
    page.open("/?name=bill");
    assertThat(page.find("tbody tr").count()).isEqualTo(1);
    page.find("input[type=search]").fill("no-such");
    page.press("Enter");
    page.awaitText("No target has such a name");
    page.examine("own-overview-none");
  }

  @Test
  void theTargetsPageShowsHistoryRetentionAndSettings() {
    ChromiumPage page = PAGES.get("olga");
    page.open("/targets/shop");
    assertThat(page.find(".tiles").innerText())
        .contains("Last proven", "24 h allowed: met", "no objective", "Next verification");
    assertThat(page.find("svg.chart").count()).isEqualTo(5);
    assertThat(page.find("#coverage ~ div").first().innerText()).contains("proven", "tuesday-2");
    assertThat(page.find("section:has(#settings)").innerText())
        .contains("freshness-query", SourceDatabase.FRESHNESS_QUERY, "24h");
    assertThat(page.find("section:has(#next) li").count()).isEqualTo(5);
    assertThat(page.find("section:has(#next-controls) li").count()).isEqualTo(5);
    page.examine("own-target");
    page.find("a:text-is('30 days')").click();
    page.awaitText("The last 30 days");
    page.open("/targets/gone");
    page.awaitText("cannot be listed");
    page.examine("own-target-gone");
  }

  @Test
  void aRunWhoseEvidenceWasRemovedSaysWhereItIs() {
    ChromiumPage page = PAGES.get("aude");
    page.open("/runs/" + RUNS.get("removed"));
    page.awaitText("The evidence of this run was removed at");
    assertThat(page.find("main").innerText())
        .contains("billing", "ab".repeat(32), "proven (fresh)", "by schedule");
    page.examine("own-run-removed");
  }

  @Test
  void aRunWithoutEvidenceHasAPageInPlaceOfItsCertificate() {
    ChromiumPage page = PAGES.get("aude");
    String run = RUNS.get("removed");
    page.open("/runs/" + run + "/certificate");
    assertThat(page.faults()).singleElement().asString().startsWith("GET 410 ");
    page.awaitText("No certificate was issued");
    assertThat(page.find("main").innerText())
        .contains("ab".repeat(32), "use the certificate that was issued before, or the export");
    page.examine("own-no-certificate");
    page.find("a:text-is('Show the run')").click();
    page.awaitText("The evidence of this run was removed at");
    assertThat(page.place()).isEqualTo("/runs/" + run);
  }

  @Test
  void theTargetsPageShowsWhatTheLastControlFound() {
    ChromiumPage page = PAGES.get("aude");
    page.open("/targets/crm");
    assertThat(page.find("section:has(#control) tbody tr").allInnerTexts())
        .satisfiesExactly(
            row -> assertThat(row).contains("caught", "page", "wrong checksum", "pages"),
            row -> assertThat(row).contains("missed", "index", "indexes"),
            row -> assertThat(row).contains("not applicable", "row", "not deep", "rows"));
    page.examine("own-target-control");
    page.find("section:has(#control) tbody a").first().click();
    page.awaitText("This run says nothing about a backup: it is part of negative control");
    page.open("/runs?until=" + LocalDate.now(ZoneOffset.UTC).minusDays(NIGHTS - 1));
    assertThat(page.find("tbody").innerText()).doesNotContain(RUNS.get("control"));
    page.open("/targets/archive");
    assertThat(page.find("section:has(#control)").innerText()).contains("tests pgproof itself");
    assertThat(page.find("section:has(#control) tbody").count()).isZero();
  }

  @Test
  void aControlIsStartedAndCancelledOnThePage() {
    ChromiumPage page = PAGES.get("olga");
    page.open("/targets/gone");
    page.find("button:text-is('Run a negative control')").click();
    page.awaitText("The negative control has started.");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              page.open("/targets/gone");
              assertThat(page.find("section:has(#control)").innerText())
                  .contains("damaged nothing: no backup of the target");
            });
    page.look("own-target-control-in-vain");

    page.open("/targets/shop");
    page.find("button:text-is('Run a negative control')").click();
    page.awaitText("The negative control has started.");
    assertThat(page.find("section:has(#control)").innerText()).contains("requested by olga");
    page.look("own-target-control-under-way");
    page.find("button:text-is('Cancel the control')").click();
    page.awaitText("The negative control ends as soon as its current step does.");
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              page.open("/targets/shop");
              assertThat(page.find("section:has(#control) .running").count()).isZero();
            });
    assertThat(page.find("section:has(#control) tbody").innerText())
        .contains("could not tell", "interrupted by olga");
  }

  @Test
  void aControlUsesTheConfigurationOfTheServer() throws IOException {
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      Reply reply =
          client.send(new Request.Control("gone", null, "tester"), said -> {}).orElseThrow();
      assertThat(((Reply.ControlEnded) reply).ended().why()).contains("verify the target first");
    }
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      Reply reply =
          client.send(new Request.Control("no-such", null, "tester"), said -> {}).orElseThrow();
      assertThat(((Reply.Refused) reply).finding().message())
          .isEqualTo("the configuration of the server has no target no-such");
    }
  }

  @Test
  void theListOfRunsHasFiltersAndStableAddresses() {
    ChromiumPage page = PAGES.get("aude");
    page.open("/runs");
    assertThat(page.find("tbody tr").count()).isEqualTo(50);
    page.examine("own-runs");
    page.find("a:text-is('Older runs')").click();
    page.find("a:text-is('Newest runs')").waitFor();
    assertThat(page.place()).startsWith("/runs?before=");
    page.open("/runs");
    page.field("Target").fill("shop");
    page.field("Verdict").selectOption("stale");
    page.find("button:text-is('Show')").click();
    page.find("a:text-is('All runs')").waitFor();
    // The browser shows the link before all rows have come.
    page.find("tbody tr:nth-child(3)").waitFor();
    assertThat(page.place()).contains("target=shop", "verdict=stale");
    assertThat(page.find("tbody tr").allInnerTexts())
        .hasSize(3)
        .allSatisfy(run -> assertThat(run).contains("stale", "too-old", "schedule"));
    page.open("/runs?person=olga&reason=too-old&until=" + LocalDate.now(ZoneOffset.UTC));
    assertThat(page.find("tbody tr a").first().getAttribute("href"))
        .isEqualTo("/runs/" + RUNS.get("asked-by-olga"));
    page.open("/runs?target=%7Bx%7D%26&person=%22%3E%3Cscript%3E");
    page.awaitText("No run meets this filter");
    page.examine("own-runs-none");
    page.open("/runs?verdict=good");
    page.awaitText("This page cannot be shown");
    assertThat(page.faults()).singleElement().asString().contains("400");
  }

  @ParameterizedTest
  @CsvSource({
    "shop, proven, the backup restores",
    "crm, stale, 1 s is allowed",
    "billing, refuted, ends at byte"
  })
  void theRunsPageShowsEvidenceAndTheWay(String target, String verdict, String message) {
    ChromiumPage page = PAGES.get("aude");
    page.open("/runs/" + RUNS.get(target));
    assertThat(page.find("section:has(#verdict)").innerText()).contains(verdict, message);
    assertThat(page.find("section:has(#checks)").innerText()).contains("archive");
    assertThat(page.find("section:has(#evidence) tbody tr").count()).isGreaterThan(5);
    assertThat(page.find("section:has(#evidence)").innerText())
        .contains("requested verification of", "verdict: " + verdict);
    assertThat(page.find("svg.model").first().getAttribute("aria-label")).contains("passed");
    assertThat(page.find("svg.model .node.active").count() > 0)
        .isEqualTo(!verdict.equals("proven"));
    assertThat(page.find("a:text-is('Open in Cockpit')").count())
        .isEqualTo(verdict.equals("proven") ? 0 : 1);
    page.examine("own-run-" + target);
    page.find("#loops summary").click();
    assertThat((List<?>) page.evaluate(CLIPPED)).as("labels that are not shown whole").isEmpty();
  }

  @Test
  void anAuditorDownloadsTheCertificateOfARun() throws Exception {
    String run = RUNS.get("shop");
    ChromiumPage page = PAGES.get("aude");
    page.open("/runs/" + run);
    assertThat(page.find("a:text-is('Certificate')").count()).isOne();
    Path zip = Files.createDirectory(state.path().resolve("certificates")).resolve("shop.zip");
    page.download(page.find("a:text-is('Download certificate (ZIP)')"), zip);
    URI archive = URI.create("jar:" + zip.toUri());
    try (FileSystem files = FileSystems.newFileSystem(archive, Map.of())) {
      Path pack = files.getPath("pgproof-certificate-" + run);
      assertThat(
              JSON.readTree(Files.readString(pack.resolve("certificate.json")))
                  .findValuesAsText("verdict"))
          .containsExactly("proven");
      assertThat(pack.resolve("SHA256SUMS.sig")).isNotEmptyFile();
      Files.copy(pack.resolve("certificate.html"), zip.resolveSibling("shop.html"));
    }
    try (ChromiumPage alone = new ChromiumPage(chromium, "file://")) {
      alone.open(zip.resolveSibling("shop.html").toString());
      alone.examine("own-certificate");
    }
    assertThat(page.get("/runs/" + run + "/certificate.pdf").headers().get("content-disposition"))
        .isEqualTo("attachment; filename=\"pgproof-certificate-" + run + ".pdf\"");
    page.find("a:text-is('Show it')").click();
    page.awaitText("What was not shown");
    page.open("/runs/" + run);
    for (String refused : List.of("/certificate", "/certificate.zip", "/certificate.pdf")) {
      assertThat(page.get("/runs/20261201-000000-none" + refused).status()).isEqualTo(404);
    }
  }

  @Test
  void aRunLinksToCockpitAndTasklist() {
    ChromiumPage page = PAGES.get("olga");
    page.open("/runs/" + RUNS.get("crm"));
    page.find("a:text-is('Open in Cockpit')").click();
    page.find("[data-element-id=decideOnBackup]").first().waitFor();
    page.look("own-to-cockpit");
    page.open("/runs/" + RUNS.get("crm"));
    page.find("a:text-is('Open in Tasklist')").click();
    page.find("td:text-is('crm')").waitFor();
    page.look("own-to-tasklist");
  }

  @Test
  void tasksAreListedWithTheirAge() {
    ChromiumPage page = PAGES.get("arne");
    page.open("/tasks");
    assertThat(page.find("h1").innerText()).contains("decisions wait");
    Locator task = page.find("tbody tr").filter(new Locator.FilterOptions().setHasText("billing"));
    assertThat(task.innerText())
        .contains("refuted", "archive-truncated", "backup-approvers", "Decide");
    page.examine("own-tasks");
  }

  private static void openTask(ChromiumPage page, String target) {
    page.open("/tasks");
    page.find("tbody tr:has(th a:text-is('" + target + "')) td a.button").click();
    page.find("#decide").waitFor();
  }

  @Test
  void whoAskedForTheRunIsRefusedBeforeAndAfterwards() {
    ChromiumPage page = PAGES.get("olga");
    openTask(page, "asked-by-olga");
    Locator accept = page.find("#choice-accept");
    assertThat(accept.isDisabled()).isTrue();
    page.awaitText("Not you: olga requested run " + RUNS.get("asked-by-olga"));
    page.examine("own-task-four-eyes");
    String task = page.place();
    Map<String, String> answers =
        Map.of(
            "decision",
            "accept",
            "decisionReason",
            "mine",
            "waivedUntil",
            LocalDate.now(ZoneOffset.UTC).plusDays(2).toString());
    assertThat(page.post(task, answers)).isEqualTo(422);
    page.open("/tasks");
    page.evaluate("document.querySelector('a[href=\"%s\"]').focus()".formatted(task));
    page.press("Enter");
    page.find("#choice-accept").waitFor();
    page.evaluate("document.querySelector('#choice-accept').disabled = false");
    accept.check();
    page.field("Accept until").fill(answers.get("waivedUntil"));
    page.field("Reason for the decision").fill("mine");
    page.find("button:text-is('Decide')").click();
    Locator refusal = page.find("[role=alert]");
    refusal.waitFor();
    assertThat(refusal.innerText())
        .contains("olga requested run", "(four eyes)", "let another operator decide, or escalate");
    assertThat(page.faults()).singleElement().asString().contains("422", task);
    assertThat(page.field("Reason for the decision").inputValue()).isEqualTo("mine");
    page.examine("own-task-refused");
    page.open("/runs/" + RUNS.get("asked-by-olga"));
    assertThat(page.find("section:has(#decisions)").innerText()).doesNotContain("accepted");
  }

  @Test
  void anAuditorSeesATaskAndCannotDecideIt() {
    ChromiumPage page = PAGES.get("aude");
    openTask(page, "billing");
    page.awaitText("Only the members of backup-approvers decide this task");
    assertThat(page.find("button:text-is('Decide')").count()).isZero();
    page.examine("own-task-auditor");
    assertThat(page.post(page.place(), Map.of("decision", "escalate"))).isEqualTo(422);
    page.open("/tasks");
    assertThat(page.find("tbody").innerText()).contains("billing");
  }

  @Test
  void anAuditorSignsTheResultsOfThePeriod() {
    ChromiumPage page = PAGES.get("aude");
    Locator review = page.find("tr:has-text('Review results') a.button");
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              page.open("/tasks");
              return review.count() > 0;
            });
    review.click();
    page.find("#choice-sign").waitFor();
    assertThat(page.find("section:has(#facts)").innerText())
        .contains(
            " proven", "Longest time unproven", "Download the whole report", "billing refuted");
    page.field("Sign").check();
    page.field("Remark or reason").fill("the disk was replaced <b>");
    page.examine("own-task-review");
    String task = page.place();
    page.find("button:text-is('Decide')").click();
    page.awaitText("Your decision is recorded.");
    assertThat(page.place()).isEqualTo("/tasks");
    assertThat(page.find("main").innerText()).doesNotContain("Review results");
    page.open("/tasks");
    assertThat(page.post(task, Map.of("decision", "sign"))).isEqualTo(404);
  }

  @Test
  void anOperatorAcceptsAStaleBackupAndAnApproverDismissesARefutedOne() {
    ChromiumPage olaf = PAGES.get("olaf");
    openTask(olaf, "crm");
    olaf.field("Accept this backup").check();
    olaf.field("Accept until").fill(LocalDate.now(ZoneOffset.UTC).plusDays(2).toString());
    olaf.field("Reason for the decision").fill("a drill <b>only</b>");
    olaf.examine("own-task");
    String task = olaf.place();
    olaf.find("button:text-is('Decide')").click();
    olaf.awaitText("Your decision is recorded.");
    assertThat(olaf.place()).isEqualTo("/runs/" + RUNS.get("crm"));
    assertThat(olaf.find("section:has(#decisions)").innerText())
        .contains("olaf", "accepted this backup until", "because: a drill <b>only</b>");
    olaf.open(task);
    olaf.awaitText("This task is no longer open");
    assertThat(olaf.faults()).singleElement().asString().contains("404");
    olaf.open("/targets/crm");
    assertThat(olaf.find("svg.verdicts").getAttribute("aria-label")).contains("waiver by olaf");

    ChromiumPage arne = PAGES.get("arne");
    openTask(arne, "archive");
    arne.find("button:text-is('Decide')").focus();
    arne.field("Dismiss: no action is needed").check();
    arne.find("button:text-is('Decide')").click();
    arne.find("[role=alert]").waitFor();
    assertThat(arne.find("[role=alert]").innerText()).contains("needs a reason");
    assertThat(arne.faults()).singleElement().asString().contains("422");
    arne.field("Reason for the decision").fill("the copy was made for a drill");
    arne.find("button:text-is('Decide')").click();
    arne.awaitText("Your decision is recorded.");
    arne.open("/runs?target=archive");
    arne.awaitText("decided: dismiss by arne");
  }

  @Test
  void aVerificationIsStartedInThePersonsNameAndWatchedLive() {
    ChromiumPage page = PAGES.get("olga");
    page.open("/targets/slow");
    page.find("button:text-is('Verify now')").click();
    page.awaitText("The verification has started.");
    assertThat(page.place()).startsWith("/runs/");
    String run = page.place().substring("/runs/".length());
    // A reload would lose it.
    page.evaluate("window.marked = true");
    page.find(".steps .now:has-text('check')").waitFor();
    assertThat(page.find("section:has(#verdict)").first().innerText()).contains("under way");
    assertThat(page.find(".steps .done").allInnerTexts())
        .anyMatch(step -> step.startsWith("restore"));
    ChromiumPage ada = PAGES.get("ada");
    ada.open("/targets/slow");
    ada.find("section:has(#verdict) a:text-is('" + run + "')").waitFor();
    ada.find("button:text-is('Verify now')").click();
    ada.awaitText("already under way");
    assertThat(ada.place()).isEqualTo("/runs/" + run);
    page.examine("own-run-live");
    page.find(".verdict.large.proven").waitFor();
    page.find(".steps")
        .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    page.awaitText("verdict: proven (fresh)");
    assertThat(page.evaluate("window.marked")).isEqualTo(true);
    assertThat(page.find("#status").textContent()).isEqualTo("proven");
    assertThat(page.find("[data-part=head]").innerText()).contains("Requested by olga");
    assertThat(page.find("main").getAttribute("data-live")).isNull();
    page.look("own-run-ended-live");
  }

  @Test
  void onlySomeGroupsStartVerifications() {
    ChromiumPage aude = PAGES.get("aude");
    aude.open("/targets/billing");
    assertThat(aude.find("button:text-is('Verify now')").count()).isZero();
    assertThat(aude.post("/targets/billing/verify", Map.of())).isEqualTo(403);
    assertThat(aude.find("button:text-is('Run a negative control')").count()).isZero();
    assertThat(aude.post("/targets/billing/control", Map.of())).isEqualTo(403);
    assertThat(aude.post("/targets/billing/control/cancel", Map.of())).isEqualTo(403);
    aude.open("/runs?target=billing");
    assertThat(aude.find("tbody tr").first().innerText()).contains("refuted");
  }

  @Test
  void aPersonMakesATokenOnceSeenAndRevokesIt() throws Exception {
    ChromiumPage olga = PAGES.get("olga");
    olga.open("/tokens");
    olga.awaitText("You have no token.");
    olga.examine("own-tokens-none");
    olga.field("Name").fill("nightly <b>pipeline</b>");
    olga.find("#scope-verify").check();
    olga.field("Days until it expires").fill("400");
    olga.find("button:text-is('Create')").click();
    olga.find("[role=alert]").waitFor();
    assertThat(olga.find("[role=alert]").innerText())
        .contains("the number of days is '400'; allowed: 1 to 366");
    assertThat(olga.faults()).singleElement().asString().contains("422");
    assertThat(olga.field("Name").inputValue()).isEqualTo("nightly <b>pipeline</b>");
    assertThat(olga.find("#scope-verify").isChecked()).isTrue();
    olga.field("Days until it expires").fill("30");
    olga.find("button:text-is('Create')").click();
    olga.awaitText("it cannot be shown again");
    String token = olga.find("[role=status] pre").innerText().strip();
    assertThat(TokenSecret.parse(token)).isPresent();
    assertThat(olga.place()).isEqualTo("/tokens");
    olga.examine("own-tokens");
    olga.open("/tokens");
    assertThat(olga.find("body").innerText()).doesNotContain(token);
    assertThat(olga.find("tbody tr").innerText())
        .contains("nightly <b>pipeline</b>", "valid", "read, verify", "never");

    assertThat(status(token)).isEqualTo(200);
    assertThat(PAGES.get("olaf").get("/tokens").text()).doesNotContain("nightly &lt;b&gt;");
    String revoke = olga.find("tbody form").getAttribute("action");
    PAGES.get("olaf").open("/tokens");
    assertThat(PAGES.get("olaf").post(revoke, Map.of())).isEqualTo(404);
    assertThat(status(token)).isEqualTo(200);
    ChromiumPage ada = PAGES.get("ada");
    ada.open("/tokens");
    Locator row = ada.find("tbody tr:has-text('nightly')");
    assertThat(row.innerText()).contains("olga", "from 127.0.0.1");
    ada.examine("own-tokens-all");
    row.locator("button").click();
    ada.awaitText("is revoked.");
    assertThat(row.innerText()).contains("revoked", "by ada");
    assertThat(status(token)).isEqualTo(401);
  }

  @Test
  void anAuditorMakesAReportAloneAndChangesNothing() throws Exception {
    ChromiumPage aude = PAGES.get("aude");
    aude.open("/reports");
    assertThat(aude.find(".choice").allInnerTexts()).contains("shop", "gone");
    aude.examine("own-reports");
    String month = aude.field("First day").inputValue();
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    aude.field("Last day").fill(today);
    Path directory = Files.createDirectory(state.path().resolve("reports"));
    for (String format : List.of("JSON", "CSV", "HTML", "PDF")) {
      aude.download(
          aude.find("button:text-is('Download " + format + "')"),
          directory.resolve("report." + format.toLowerCase(Locale.ROOT)));
    }
    JsonNode report = JSON.readTree(directory.resolve("report.json").toFile());
    assertThat(report.at("/period/from").asText()).isEqualTo(month);
    assertThat(report.at("/coverage/configured").asInt()).isEqualTo(8);
    assertThat(report.findValuesAsText("run")).contains(RUNS.get("shop"), RUNS.get("billing"));
    assertThat(report.at("/failures").findValuesAsText("state")).contains("open");
    assertThat(Files.readString(directory.resolve("report.csv"))).contains(RUNS.get("crm"));
    assertThat(directory.resolve("report.pdf"))
        .binaryContent()
        .startsWith("%PDF-".getBytes(StandardCharsets.US_ASCII));
    try (ChromiumPage page = new ChromiumPage(chromium, "file://")) {
      page.open(directory.resolve("report.html").toString());
      page.awaitText("What this report does not show");
      page.examine("own-report");
    }

    aude.open("/reports/html?from=" + today + "&to=" + month + "&target=shop");
    assertThat(aude.faults()).singleElement().asString().contains("422");
    assertThat(aude.find("[role=alert]").innerText()).contains("to is earlier", "What to do:");
    assertThat(aude.find("input:checked").getAttribute("value")).isEqualTo("shop");
    aude.examine("own-reports-refused");
    for (String person : GROUPS.keySet()) {
      APIResponse answer =
          PAGES.get(person).get("/reports/json?from=" + month + "&to=" + today + "&target=shop");
      assertThat(answer.headers().get("content-disposition"))
          .isEqualTo("attachment; filename=\"pgproof-report-" + month + "-" + today + ".json\"");
      assertThat(JSON.readTree(answer.body()).at("/targets")).hasSize(1);
    }
    assertThat(aude.get("/reports/doc?from=" + month + "&to=" + today).status()).isEqualTo(404);
  }

  @Test
  void theDocumentedScriptVerifiesATargetOverTheApi() throws Exception {
    assumeThat(Path.of("/usr/bin/curl")).exists();
    assumeThat(Path.of("/usr/bin/jq")).exists();
    String page = Files.readString(Path.of("docs/api.md"));
    String script =
        Stream.of(page.split("```\n"))
            .filter(block -> block.startsWith("api="))
            .collect(Collectors.joining())
            .replace("http://127.0.0.1:8080", server.address())
            .replace("\"shop\"", "\"api\"");
    assertThat(script).contains("\"api\"", server.address());
    Path directory = Files.createDirectory(state.path().resolve("caller"));
    try (Program create =
        Program.start(
            state.path(), "token", "create", "--user=olaf", "--name=a", "--scope=read,verify")) {
      assertThat(create.await()).isZero();
      Files.writeString(
          directory.resolve("auth"), "Authorization: Bearer " + create.out().strip() + "\n");
    }
    Path said = directory.resolve("said");
    Process bash =
        new ProcessBuilder("bash", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(bash.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(bash.exitValue()).as(Files.readString(said)).isZero();
    assertThat(Files.readString(said)).containsPattern("run [0-9a-z-]+: proven");
    ChromiumPage aude = PAGES.get("aude");
    aude.open("/runs?target=api");
    assertThat(aude.find("tbody tr").innerText()).contains("proven", "olaf");
  }

  private static int status(String token) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(server.address() + "/api/v1/targets"))
                .header("Authorization", "Bearer " + token)
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aPersonInNoGroupSeesNothing() {
    try (ChromiumPage page = new ChromiumPage(chromium, server.address())) {
      page.logIn("nobody", PASSWORD);
      page.awaitText("You may not see this page");
      assertThat(page.faults()).allSatisfy(fault -> assertThat(fault).contains(" 403 "));
      page.examine("own-forbidden");
      for (String path :
          List.of(
              "/runs",
              "/tasks",
              "/reports",
              "/reports/json",
              "/targets/shop",
              "/badge/shop.svg",
              "/panels/targets")) {
        assertThat(page.get(path).status()).as(path).isEqualTo(403);
      }
      page.find("button:text-is('Log out')").click();
      page.awaitAddress(".*/login\\?.*");
    }
  }

  @Test
  void eachTargetHasABadge() {
    ChromiumPage page = PAGES.get("aude");
    APIResponse badge = page.get("/badge/billing.svg");
    assertThat(badge.headers()).containsEntry("content-type", "image/svg+xml");
    assertThat(badge.text())
        .contains("<svg", "billing", "refuted " + LocalDate.now(ZoneOffset.UTC));
    assertThat(page.get("/badge/gone.svg").text()).contains("never tried");
    assertThat(page.get("/badge/none.svg").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/targets/none", "/runs/20261201-000000-none", "/runs/x", "/tasks/x", "/unknown"})
  void whatDoesNotExistIsSaid(String path) {
    ChromiumPage page = PAGES.get("ada");
    page.open(path);
    assertThat(page.faults()).singleElement().asString().contains("404", path);
    assertThat(page.find("h1").innerText())
        .isIn("There is no such page", "This task is no longer open");
    page.examine("own-none" + path.replace('/', '-'));
  }

  @Test
  void theKeyboardReachesTheContentAndTheDecision() {
    ChromiumPage page = PAGES.get("olga");
    openTask(page, "asked-by-olga");
    page.press("Tab");
    assertThat(page.evaluate("document.activeElement.textContent"))
        .isEqualTo("Skip to the content");
    page.press("Enter");
    assertThat(page.evaluate("document.activeElement.id")).isEqualTo("content");
    for (int tabs = 0;
        tabs < 20 && !"Decide".equals(page.evaluate("document.activeElement.textContent.trim()"));
        tabs++) {
      page.press("Tab");
    }
    assertThat(page.evaluate("document.activeElement.textContent.trim()")).isEqualTo("Decide");
  }

  @Test
  void timesAreInTheZoneOfTheViewerWithUtcBeside() {
    try (ChromiumPage page =
        new ChromiumPage(
            chromium, server.address(), new NewContextOptions().setTimezoneId("Asia/Kathmandu"))) {
      page.logIn("aude", PASSWORD);
      page.awaitText("targets are not proven");
      page.open("/runs/" + RUNS.get("shop"));
      Locator time = page.find("[data-part=head] time");
      Instant at = Instant.parse(time.getAttribute("datetime"));
      String local = at.plus(Duration.ofMinutes(345)).truncatedTo(ChronoUnit.SECONDS).toString();
      assertThat(time.innerText())
          .startsWith(local.replace('T', ' ').replace("Z", ""))
          .endsWith("GMT+5:45");
      assertThat(time.getAttribute("title")).endsWith("UTC");
      page.look("own-kathmandu");
    }
  }

  @Test
  void pagesWorkWithoutScripts() {
    try (ChromiumPage page =
        new ChromiumPage(
            chromium, server.address(), new NewContextOptions().setJavaScriptEnabled(false))) {
      page.logIn("arne", PASSWORD);
      page.awaitText("targets are not proven");
      page.open("/runs/" + RUNS.get("shop"));
      assertThat(page.find("[data-part=head] time").innerText()).endsWith("UTC");
      openTask(page, "billing");
      page.look("own-no-scripts");
    }
  }
}
