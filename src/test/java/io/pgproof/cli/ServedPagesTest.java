package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.proof.RunId;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.StateDirectory.RunDirectory;
import io.pgproof.target.Configuration;
import io.pgproof.web.Browser;
import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.KeepSchedule;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages in a real browser, of the program as {@code ./pgproof serve} starts it: another class
 * path would find other files.
 */
@Tag("container")
class ServedPagesTest {
  private static final double READABLE_PIXELS = 9;
  private static final String PASSWORD = "Restore-2-prove";
  private static final Map<String, String> GROUPS =
      Map.of(
          "olga",
          Groups.OPERATORS,
          "olaf",
          Groups.OPERATORS,
          "arne",
          Groups.APPROVERS,
          "aude",
          Groups.AUDITORS,
          "ada",
          "camunda-admin");
  private static final List<String> STALE =
      List.of("accepted", "renewed", "handed-on", "asked-by-olga");
  private static final List<String> DAMAGED =
      List.of("escalated", "verified-again", "dismissed", "told", "kept", "kept-too");
  private static final String MARKUP = "<img src=/never-asked-for>";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, ChromiumPage> PAGES = new HashMap<>();
  private static final Map<String, String> RUNS = new HashMap<>();
  private static StateDirectory state;
  private static Program server;
  private static Playwright playwright;

  @BeforeAll
  static void serveAndBrowse() throws Exception {
    state = TestEnvironment.stateWithImage(15);
    Path config = state.path().resolve("pgproof.yaml");
    StringBuilder targets =
        new StringBuilder(
            """
        mail: {host: 127.0.0.1, port: 1, security: none, from: pgproof@example.org}
        recipients: [{name: nobody, mail: nobody@example.org}]
        targets:
        """);
    for (String name : STALE) {
      targets.append(
          "  - {name: %s, path: %s, depth: quick, max-age: 1s}%n".formatted(name, backup(name)));
    }
    for (String name : DAMAGED) {
      Path backup = backup(name);
      try (RandomAccessFile archive =
          new RandomAccessFile(backup.resolve("base.tar.gz").toFile(), "rw")) {
        archive.setLength(archive.length() - 5_000);
      }
      targets.append(
          "  - {name: %s, path: %s%s}%n"
              .formatted(name, backup, name.equals("told") ? ", tell: [nobody]" : ""));
    }
    targets.append(
        "  - {name: slow, path: %s, depth: quick, assertions: [select pg_sleep(10) is not null]}%n"
            .formatted(backup("slow")));
    targets.append(
        "  - {name: yearly, path: %s, schedule: \"0 0 1 1 *\"}%n".formatted(backup("yearly")));
    Files.writeString(config, targets);
    server = Program.serve(state.path());
    Browser administrator = new Browser(server.address());
    administrator.logIn("admin", Files.readString(state.path().resolve("admin-password")).strip());
    for (String person : GROUPS.keySet()) {
      administrator.addPerson(person, PASSWORD, GROUPS.get(person));
    }
    for (String name : STALE) {
      verify(config, name, name.equals("asked-by-olga") ? "olga" : "tester", "stale");
    }
    for (String name : DAMAGED) {
      // Markup in a name is shown, never obeyed.
      verify(config, name, name.equals("kept") ? MARKUP : "tester", "refuted");
    }
    playwright = ChromiumPage.playwright();
    com.microsoft.playwright.Browser chromium = ChromiumPage.launch(playwright);
    for (String person : GROUPS.keySet()) {
      ChromiumPage page = new ChromiumPage(chromium, server.address());
      page.logIn(person, PASSWORD);
      page.awaitText("targets are not proven");
      // Camunda's pages give the browser its token for requests to the engine.
      page.open("/camunda/app/cockpit/default/");
      page.awaitText("Running Process Instances");
      PAGES.put(person, page);
    }
  }

  private static Path backup(String name) throws IOException {
    return TestEnvironment.copy(
        TestEnvironment.backup(15), state.path().resolve("backups").resolve(name));
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
  @CsvSource({"olga, tasklist", "arne, tasklist", "aude, cockpit", "ada, cockpit"})
  void eachGroupHasItsApplications(String person, String application) {
    ChromiumPage page = PAGES.get(person);
    page.open("/camunda/app/" + application + "/default/");
    page.awaitText(application.equals("tasklist") ? "Open tasks" : "Running Process Instances");
    page.look(person + "-" + application);
    page.open("/camunda/app/welcome/default/");
    page.find("text=Applications").waitFor();
    page.look(person + "-welcome");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada", "olga", "arne", "aude"})
  void cockpitShowsProcessesAndTheDiagramOfARun(String person) throws Exception {
    ChromiumPage page = PAGES.get(person);
    page.open("/camunda/app/cockpit/default/#/processes");
    page.find("a:has-text('Verify backup')").first().click();
    page.find(".djs-container .djs-shape").first().waitFor();
    page.look(person + "-cockpit-process");
    page.open(
        "/camunda/app/cockpit/default/#/process-instance/"
            + instance("asked-by-olga")
            + "/runtime");
    page.find("[data-element-id=decideOnBackup]").first().waitFor();
    page.look(person + "-cockpit-run");
    page.openPlane(VerifyBackup.Scope.DECIDE_ON_BACKUP);
    page.find("[data-element-id=reviewStaleBackup]").first().waitFor();
    page.find("[data-container-id=reviewStaleBackup] .badge").first().waitFor();
    page.look(person + "-cockpit-run-decision");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        VerifyBackup.PROCESS,
        KeepSchedule.PROCESS,
        TellSomebody.PROCESS,
        DailySummary.PROCESS,
        ReviewResults.PROCESS,
        NegativeControl.PROCESS
      })
  void cockpitShowsAReadableDiagram(String process) throws Exception {
    ChromiumPage page = PAGES.get("olga");
    String definition =
        JSON.readTree(page.ask("GET", "/process-definition/key/" + process, null).text())
            .get("id")
            .asText();
    page.open("/camunda/app/cockpit/default/#/process-definition/" + definition + "/runtime");
    page.find(".djs-container .djs-shape").first().waitFor();
    page.look("diagram-" + process);
    assertThat(page.smallestLabel()).as(process).isGreaterThanOrEqualTo(READABLE_PIXELS);
    if (process.equals(VerifyBackup.PROCESS)) {
      for (String plane :
          List.of(
              VerifyBackup.Scope.INSPECTION,
              VerifyBackup.Scope.PROVE_IN_CONTAINER,
              VerifyBackup.Scope.DECIDE_ON_BACKUP)) {
        page.open("/camunda/app/cockpit/default/#/processes");
        page.open("/camunda/app/cockpit/default/#/process-definition/" + definition + "/runtime");
        page.openPlane(plane);
        page.look("diagram-" + plane);
        assertThat(page.smallestLabel()).as(plane).isGreaterThanOrEqualTo(READABLE_PIXELS);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada", "olga", "arne", "aude"})
  void cockpitsDashboardShowsTheTargets(String person) {
    ChromiumPage page = PAGES.get(person);
    page.open("/camunda/app/cockpit/default/");
    Locator targets = page.find(".panel tbody tr");
    targets.first().waitFor();
    assertThat(targets.count()).isEqualTo(STALE.size() + DAMAGED.size() + 2);
    assertThat(
            targets
                .filter(
                    new Locator.FilterOptions()
                        .setHas(page.find("a[href='/targets/asked-by-olga']")))
                .innerText())
        .contains("stale", "1 open task", "1 s allowed");
    assertThat(page.find(".dashboard .deprecate h1").innerText()).isEqualTo("Backups");
    targets.first().scrollIntoViewIfNeeded();
    page.examinePanel(person + "-panel-targets");
    page.find(".panel a:text-is('asked-by-olga')").click();
    page.awaitText("The last 90 days");
  }

  @ParameterizedTest
  @ValueSource(strings = {"olga", "aude"})
  void cockpitShowsTheRunsOfTheProcess(String person) throws Exception {
    ChromiumPage page = PAGES.get(person);
    page.open(
        "/camunda/app/cockpit/default/#/process-definition/"
            + definition(VerifyBackup.PROCESS)
            + "/runtime?detailsTab=pgproof-runs");
    Locator run = page.find(".panel a[href='/runs/" + RUNS.get("kept") + "']");
    run.waitFor();
    page.examinePanel(person + "-panel-runs");
    run.click();
    page.awaitAddress(".*/runs/" + RUNS.get("kept"));
    page.find("section:has(#evidence)").waitFor();
  }

  private static String definition(String process) throws Exception {
    return JSON.readTree(
            PAGES.get("olga").ask("GET", "/process-definition/key/" + process, null).text())
        .get("id")
        .asText();
  }

  @Test
  void processesWithoutRunsSayWhatTheyAreAbout() throws Exception {
    ChromiumPage page = PAGES.get("olga");
    page.open(
        "/camunda/app/cockpit/default/#/process-definition/"
            + definition(DailySummary.PROCESS)
            + "/runtime?detailsTab=pgproof-runs");
    page.awaitText("This is about no run.");
    page.open(
        "/camunda/app/cockpit/default/#/process-instance/"
            + JSON.readTree(
                    page.ask(
                            "GET",
                            "/process-instance?maxResults=1&processDefinitionKey="
                                + KeepSchedule.PROCESS,
                            null)
                        .text())
                .get(0)
                .get("id")
                .asText()
            + "/runtime?tab=pgproof-run");
    page.find(".panel a[href='/targets/yearly']").waitFor();
    page.examinePanel("panel-schedule");
  }

  @ParameterizedTest
  @CsvSource({"olga, asked-by-olga, Review stale backup", "arne, kept, Approve escalation"})
  void tasklistShowsTheEvidenceOfATask(String person, String target, String task) {
    ChromiumPage page = PAGES.get(person);
    openEvidence(page, target);
    assertThat(page.find(".panel").innerText())
        .contains(RUNS.get(target), "Open task: " + task, "requested");
    page.examinePanel(person + "-panel-task");
    page.find(".panel a:text-is('" + task + "')").click();
    page.awaitAddress(".*/tasks/.*");
    page.find("a:text-is('Open in Tasklist')").click();
    page.find("td:text-is('" + target + "')").waitFor();
  }

  @Test
  void theEvidenceFollowsTheTaskThatIsChosen() {
    ChromiumPage page = PAGES.get("arne");
    openEvidence(page, "kept");
    assertThat(page.find(".panel").innerText()).contains(MARKUP);
    card(page, "kept-too").click();
    page.find(".panel a:text-is('" + RUNS.get("kept-too") + "')").waitFor();
    assertThat(page.find(".panel").count()).isEqualTo(1);
  }

  private static void openEvidence(ChromiumPage page, String target) {
    page.open("/camunda/app/tasklist/default/");
    page.find("li.task:has(:text-is('" + target + "'))").click();
    page.find("td:text-is('" + target + "')").waitFor();
    page.find(".nav-tabs a:text-is('Evidence')").click();
    page.find(".panel a:text-is('" + RUNS.get(target) + "')").waitFor();
  }

  @ParameterizedTest
  @CsvSource({
    "403, You are in no group that may see this.",
    "404, This is no longer there.",
    "500, The server answered with status 500. Reload the page to try again."
  })
  void aPanelThatCannotBeShownSaysWhy(int status, String message) {
    ChromiumPage page = PAGES.get("aude");
    page.open("/runs");
    page.whileAnswering(
        "/panels/targets",
        status,
        () -> {
          page.open("/camunda/app/cockpit/default/");
          page.awaitText(message);
          assertThat(page.faults()).singleElement().asString().contains("GET " + status);
          page.look("panel-" + status);
        });
  }

  /** A file that cannot be removed keeps a run in its teardown. */
  @Test
  void theTopPlaneShowsProgressAndIncidentsOfARun() throws Exception {
    ChromiumPage page = PAGES.get("olga");
    Program command =
        Program.start(
            state.path(),
            "verify",
            "--config",
            state.path().resolve("pgproof.yaml").toString(),
            "slow");
    RunDirectory run = awaitChecks(command);
    page.open("/camunda/app/cockpit/default/#/process-instance/" + instance(run) + "/runtime");
    page.find("[data-container-id=proveInContainer] .badge").first().waitFor();
    page.look("run-in-flight");
    page.find("a:text-is('Evidence')").click();
    page.find(".panel .steps .now:has-text('check')").waitFor();
    page.examinePanel("panel-run-in-flight");
    Path held = run.settings().resolve("postgresql.conf");
    ProgramFixture.chattr("+i", held);
    try {
      assertThat(command.await()).as(command.err()).isEqualTo(1);
      assertThat(command.err()).contains("is stopped at 'tearDown'");
      // Nobody reloaded the page.
      page.find(".panel .verdict.large:text-is('stopped')").waitFor();
      page.examinePanel("panel-run-stopped");
      page.find("a:text-is('Jobs')").click();
      page.find(".panel")
          .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
      Object asked = updates(page);
      Thread.sleep(6_000);
      assertThat(updates(page)).as("questions after the tab was left").isEqualTo(asked);
      page.open("/camunda/app/cockpit/default/#/processes");
      page.open("/camunda/app/cockpit/default/#/process-instance/" + instance(run) + "/runtime");
      page.find("[data-container-id=proveInContainer] .badge-important").first().waitFor();
      page.look("run-with-incident");
      page.openPlane(VerifyBackup.Scope.PROVE_IN_CONTAINER);
      page.find("[data-container-id=tearDown] .badge-important").first().waitFor();
      page.look("run-with-incident-below");
    } finally {
      ProgramFixture.chattr("-i", held);
      command.close();
    }
    String job =
        JSON.readTree(
                page.ask("GET", "/job?noRetriesLeft=true&processInstanceId=" + instance(run), null)
                    .text())
            .get(0)
            .get("id")
            .asText();
    assertThat(page.ask("PUT", "/job/" + job + "/retries", "{\"retries\": 1}").status())
        .isEqualTo(204);
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(run.path()).doesNotExist());
  }

  private static Object updates(ChromiumPage page) {
    return page.evaluate(
        "performance.getEntriesByType('resource').filter(each => each.name.includes('/live?')).length");
  }

  private static RunDirectory awaitChecks(Program command) {
    await().atMost(Duration.ofMinutes(1)).until(() -> command.err().contains("check "));
    Matcher run = Pattern.compile("run (\\S+)").matcher(command.err());
    assertThat(run.find()).as(command.err()).isTrue();
    return state.run(new RunId(run.group(1)));
  }

  private static String instance(RunDirectory run) throws Exception {
    return JSON.readTree(
            PAGES
                .get("olga")
                .ask("GET", "/process-instance?businessKey=" + run.path().getFileName(), null)
                .text())
        .get(0)
        .get("id")
        .asText();
  }

  @Test
  void anUnknownAddressShowsAnErrorPage() {
    ChromiumPage page = PAGES.get("olga");
    page.open("/unknown");
    page.awaitText("There is no such page");
    assertThat(page.faults()).singleElement().asString().contains("404", "/unknown");
    page.look("no-such-page");
    page.find("a:text-is('Go to the start page')").click();
    page.awaitText("targets are not proven");
  }

  @Test
  void adminShowsPeopleAndTheEndOfLife() {
    ChromiumPage page = PAGES.get("ada");
    page.open("/camunda/app/admin/default/");
    page.awaitText("Two forks of Camunda 7 continue");
    page.look("admin");
    page.open("/camunda/app/admin/default/#/users");
    page.awaitText("olga");
    page.look("admin-users");
    page.open("/camunda/app/admin/default/#/groups/" + Groups.OPERATORS + "?tab=group");
    page.awaitText("Backup operators");
    page.look("admin-group");
  }

  @Test
  void taskCardsDescribeTheTaskAndOfferNoStart() {
    ChromiumPage page = PAGES.get("olga");
    page.open("/camunda/app/tasklist/default/");
    assertThat(card(page, "asked-by-olga").innerText())
        .contains("Review stale backup", "Target:", "asked-by-olga", "stale", "too-old", "ago");
    assertThat(
            page.find(
                    ".start-process-action a:visible, .create-task-action a:visible, a:visible:has-text('Start process'), "
                        + "a:visible:has-text('Create task')")
                .count())
        .isZero();
    page.look("tasklist");
    assertThat(page.ask("POST", "/process-definition/key/verifyBackup/start", "{}").status())
        .isGreaterThanOrEqualTo(400);
    assertThat(page.ask("POST", "/task/create", "{\"name\": \"mine\"}").status())
        .isGreaterThanOrEqualTo(400);
    assertThat(page.ask("GET", "/task/count?name=mine", null).text()).contains("\"count\":0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "olaf | accepted       | Accept this backup until a date | it is Sunday | accepted this backup until",
        "olaf | renewed        | Ask for a new backup            |              | 'Review stale backup': newBackup",
        "olaf | handed-on      | Escalate: pass it on            | too old      | 'Review stale backup': escalate, because: too old",
        "arne | escalated      | Escalate: someone must act      |              | 'Approve escalation': escalate",
        "arne | verified-again | Verify again                    |              | 'Approve escalation': verifyAgain",
        "arne | dismissed      | Dismiss: no action is needed    | a drill      | 'Approve escalation': dismiss, because: a drill"
      })
  void aPersonDecidesATask(
      String person, String target, String decision, String reason, String happened)
      throws Exception {
    ChromiumPage page = PAGES.get(person);
    fillIn(page, target, decision, reason);
    page.look("decision-" + target);
    page.find("button:has-text('Complete')").click();
    page.find("li.task")
        .filter(new Locator.FilterOptions().setHasText(target))
        .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    page.look("decided-" + target);
    assertThat(show(target).happenings())
        .anySatisfy(
            happening -> {
              assertThat(happening.actor()).isEqualTo(person);
              assertThat(happening.what()).contains(happened);
            });
  }

  @Test
  void thePersonWhoAskedForTheRunIsRefusedWithTheReason() throws Exception {
    ChromiumPage page = PAGES.get("olga");
    fillIn(page, "asked-by-olga", "Accept this backup until a date", "it is Sunday");
    page.find("button:has-text('Complete')").click();
    page.awaitText("olga requested run " + RUNS.get("asked-by-olga"));
    assertThat(page.faults()).singleElement().asString().contains("/submit-form");
    page.look("four-eyes");
    assertThat(show("asked-by-olga").happenings())
        .noneMatch(happening -> happening.what().contains("accepted"));
  }

  @Test
  void anAdministratorRetriesIncidentsAndControlsRuns() throws Exception {
    ChromiumPage olga = PAGES.get("olga");
    String told =
        await()
            .atMost(Duration.ofMinutes(2))
            .until(
                () -> {
                  JsonNode incidents =
                      JSON.readTree(olga.ask("GET", "/incident?maxResults=10", null).text());
                  return incidents.isEmpty()
                      ? ""
                      : incidents.get(0).get("processInstanceId").asText();
                },
                instance -> !instance.isEmpty());
    olga.open(
        "/camunda/app/cockpit/default/#/process-instance/" + told + "/runtime?tab=incidents-tab");
    olga.find("td:has-text('Failed Job'), td:has-text('failedJob')").first().waitFor();
    olga.look("cockpit-incident");
    olga.find(".glyphicon-repeat").first().click();
    olga.find(".modal-footer button.btn-primary").first().click();
    olga.awaitText("Incrementing the number of retries finished");
    olga.look("cockpit-retried");

    ChromiumPage ada = PAGES.get("ada");
    String run = instance("told");
    ada.open("/camunda/app/cockpit/default/#/process-instance/" + run + "/runtime");
    ada.find("[data-element-id=decideOnBackup]").first().waitFor();
    for (boolean suspended : new boolean[] {true, false}) {
      assertThat(
              ada.ask(
                      "PUT",
                      "/process-instance/" + run + "/suspended",
                      "{\"suspended\": " + suspended + "}")
                  .status())
          .isEqualTo(204);
    }
    String task =
        JSON.readTree(ada.ask("GET", "/task?maxResults=10&processInstanceId=" + run, null).text())
            .get(0)
            .get("id")
            .asText();
    ChromiumPage arne = PAGES.get("arne");
    assertThat(arne.ask("POST", "/task/" + task + "/claim", "{\"userId\": \"arne\"}").status())
        .isEqualTo(204);
    assertThat(
            arne.ask("POST", "/task/" + task + "/comment/create", "{\"message\": \"I look at it\"}")
                .status())
        .isEqualTo(200);
    assertThat(ada.ask("DELETE", "/process-instance/" + run, null).status()).isEqualTo(204);
    assertThat(show("told").happenings())
        .last()
        .satisfies(happening -> assertThat(happening.actor()).isEqualTo("ada"));
  }

  private static Locator card(ChromiumPage page, String target) {
    Locator card = page.find("li.task").filter(new Locator.FilterOptions().setHasText(target));
    card.waitFor();
    return card;
  }

  private static void fillIn(ChromiumPage page, String target, String decision, String reason) {
    page.open("/camunda/app/tasklist/default/");
    card(page, target).click();
    page.find("td:text-is('" + target + "')").waitFor();
    page.find("button.claim").click();
    page.find(".unclaim, [ng-click*=unclaim]").first().waitFor();
    page.look("form-" + target);
    page.field(decision).check();
    if (decision.startsWith("Accept")) {
      Locator until = page.field("Accept until");
      // Its calendar takes no day that was there before the calendar was.
      page.find("input.flatpickr-input").first().waitFor();
      until.fill(
          LocalDate.now(ZoneOffset.UTC)
              .plusDays(2)
              .format(DateTimeFormatter.ofPattern("MM/dd/yyyy")));
      until.press("Enter");
    }
    if (reason != null) {
      page.field("Reason for the decision").fill(reason);
    }
  }

  private static String instance(String target) throws Exception {
    return JSON.readTree(
            PAGES
                .get("ada")
                .ask("GET", "/process-instance?maxResults=10&businessKey=" + RUNS.get(target), null)
                .text())
        .get(0)
        .get("id")
        .asText();
  }

  private static Reply.Run show(String target) throws Exception {
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      return (Reply.Run)
          client.send(new Request.ShowRun(RUNS.get(target)), reply -> {}).orElseThrow();
    }
  }
}
