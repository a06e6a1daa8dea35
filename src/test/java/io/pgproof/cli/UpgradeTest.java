package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.EngineDatabase;
import io.pgproof.Remains;
import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.image.TestImages;
import io.pgproof.state.StateDirectory;
import io.pgproof.web.Browser;
import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * State directories as earlier versions left them, cut off in the middle of a run; {@code
 * src/test/upgrade/record} makes one for each release.
 */
@Tag("container")
class UpgradeTest {
  /** Evidence names it, so it cannot be chosen. */
  private static final Path PLACE = Path.of("/var/tmp/pgproof-upgrade");

  private static final String PASSWORD = "Restore-2-prove";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> environment =
      new HashMap<>(Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0"));
  private StateDirectory state;
  private EngineDatabase database;

  @BeforeEach
  void nothingLiesThere() throws IOException {
    Trees.remove(PLACE);
    Files.createDirectory(PLACE);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    if (database != null) {
      database.close();
    }
    if (state != null) {
      Remains.assertNone(state);
    }
    Trees.remove(PLACE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1.0 h2", "0.1.0 postgresql"})
  void runsOfAnEarlierVersionAreShownAndContinue(String left) throws Exception {
    unpack(left.split(" ")[0], left.split(" ")[1]);

    try (Program server = Program.serve(state.path(), environment)) {
      Map<String, String> runs = new HashMap<>();
      for (JsonNode run : JSON.readTree(answer("runs", "--json"))) {
        runs.put(run.get("target").asText(), run.get("run").asText());
      }
      assertThat(runs).containsOnlyKeys("sound", "stale", "cut", "slow");
      assertThat(answer("show", runs.get("sound")))
          .contains(
              "PROVEN", "requested verification of", "recovered up to", "restored files removed");
      assertThat(answer("show", runs.get("stale")))
          .contains("STALE", "task 'Review stale backup' opened");
      assertThat(answer("show", runs.get("cut")))
          .contains("REFUTED", "archive-truncated", "opened for backup-approvers");

      await("the run that was cut off ends")
          .atMost(Duration.ofMinutes(3))
          .untilAsserted(
              () ->
                  assertThat(answer("show", runs.get("slow")))
                      .contains("PROVEN", "attempt 1 was cut off", "attempt 2 started"));

      decide(
          server.address(),
          runs.get("stale"),
          "olga",
          Groups.OPERATORS,
          "accept",
          ", \"waivedUntil\": {\"value\": \"" + LocalDate.now(ZoneOffset.UTC).plusDays(1) + "\"}");
      assertThat(answer("show", runs.get("stale")))
          .contains("accepted this backup until", "because: a drill");
      decide(server.address(), runs.get("cut"), "arne", Groups.APPROVERS, "dismiss", "");
      assertThat(answer("show", runs.get("cut")))
          .contains("decided in", "dismiss, because: a drill");
      assertThat(new Browser(server.address()))
          .satisfies(
              administrator -> {
                administrator.logIn(
                    "admin", Files.readString(state.path().resolve("admin-password")).strip());
                assertThat(administrator.ask("/process-instance/count").body())
                    .isEqualTo("{\"count\":0}");
                assertThat(administrator.ask("/incident/count").body()).isEqualTo("{\"count\":0}");
              });
      server.terminate();
      assertThat(server.await()).as(server.err()).isEqualTo(143);
    }
  }

  private void unpack(String version, String kind) throws Exception {
    try (var archive = UpgradeTest.class.getResourceAsStream("/upgrade/" + version + ".tar.zst")) {
      Process tar =
          new ProcessBuilder("tar", "--zstd", "-x", "--numeric-owner", "-C", PLACE.toString())
              .inheritIO()
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .start();
      try (var in = tar.getOutputStream()) {
        archive.transferTo(in);
      }
      assertThat(tar.waitFor()).isZero();
    }
    state = new StateDirectory(PLACE.resolve("state-" + kind));
    TestImages.link(TestEnvironment.image(15), state.images());
    if (kind.equals("h2")) {
      keepTasksOpen("jdbc:h2:file:" + state.engineDatabase(), "pgproof", "");
    } else {
      database = EngineDatabase.start();
      database.load(PLACE.resolve("engine.sql"));
      keepTasksOpen(database.url(), database.user(), database.password());
      environment.putAll(
          Map.of(
              "SPRING_DATASOURCE_URL",
              database.url(),
              "SPRING_DATASOURCE_USERNAME",
              database.user(),
              "SPRING_DATASOURCE_PASSWORD",
              database.password()));
    }
  }

  /** The tasks were recorded long ago; without this, their time is up at once. */
  private static void keepTasksOpen(String url, String user, String password) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      int moved =
          statement.executeUpdate(
              "update ACT_RU_JOB set DUEDATE_ = timestamp '2100-01-01 00:00:00' where HANDLER_CFG_ in"
                  + " ('reviewReminderDue', 'reviewOverdue', 'approvalReminderDue', 'approvalOverdue')");
      assertThat(moved).isEqualTo(4);
    }
  }

  private String answer(String... arguments) throws Exception {
    try (Program program = Program.start(state.path(), environment, List.of(), arguments)) {
      assertThat(program.await()).as(program.out() + program.err()).isZero();
      return program.out();
    }
  }

  /** In Tasklist's way, as a person who is new. */
  private void decide(
      String address, String run, String person, String group, String decision, String more)
      throws Exception {
    Browser administrator = new Browser(address);
    administrator.logIn("admin", Files.readString(state.path().resolve("admin-password")).strip());
    administrator.addPerson(person, PASSWORD, group);
    Browser browser = new Browser(address);
    browser.logIn(person, PASSWORD);
    String task =
        JSON.readTree(browser.ask("/task?processInstanceBusinessKey=" + run).body())
            .get(0)
            .get("id")
            .asText();
    var answer =
        browser.tell(
            "/task/" + task + "/submit-form",
            """
        {"variables": {"decision": {"value": "%s"}, "decisionReason": {"value": "a drill"}%s}}"""
                .formatted(decision, more));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
  }
}
