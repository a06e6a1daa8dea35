package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproof.web.Browser;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A demonstration that ends with the server running, as a newcomer starts it. */
@Tag("container")
class ServedDemoTest extends ProgramFixture {
  private static final Pattern PERSON = Pattern.compile("(?m)^  (\\w+) +(\\S{24}) ");
  private static final Map<String, String> PORT =
      Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0");

  @Test
  void aDemonstrationServesThreeTargetsAndEachGroupCanLogIn() throws Exception {
    Map<String, String> people;
    try (Program demo = serveDemo()) {
      assertThat(demo.out()).contains("PROVEN", "STALE", "REFUTED");
      people = people(demo);
      assertThat(people).containsOnlyKeys("admin", "approver", "auditor", "operator");
      for (Map.Entry<String, String> person : people.entrySet()) {
        new Browser(demo.address()).logIn(person.getKey(), person.getValue());
      }
      assertThat(taskOf("operator", people, demo)).containsExactly("Review stale backup");
      assertThat(taskOf("approver", people, demo)).containsExactly("Approve escalation");
      assertThat(runs())
          .containsExactly(
              "shop-damaged refuted archive-truncated",
              "shop-stale stale too-old",
              "shop proven fresh");
      demo.terminate();
      assertThat(demo.await()).isEqualTo(143);
    }
    assertThat(permissions(state.demoPasswords())).isEqualTo("rw-------");
    try (Program again = serveDemo()) {
      assertThat(people(again)).isEqualTo(people);
    }
  }

  @Test
  void aDemonstrationDoesNotServeInPlaceOfConfiguredTargets() throws Exception {
    Files.writeString(
        state.path().resolve("pgproof.yaml"), "targets: [{name: shop, path: " + backup + "}]\n");
    try (Program demo = Program.start(state.path(), "demo", "--serve")) {
      assertThat(demo.await()).isEqualTo(2);
      assertThat(demo.err())
          .contains(
              state.path().resolve("pgproof.yaml") + " names targets",
              "HINT: use another state directory with --state");
    }
    assertThat(state.demo()).doesNotExist();
  }

  private Program serveDemo() throws Exception {
    Program demo =
        Program.start(state.path(), PORT, List.of(), "demo", "--serve", "--orders", "1000");
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> demo.err().contains("pgproof serves ") || !demo.running());
    assertThat(demo.running()).as(demo.err()).isTrue();
    return demo;
  }

  private static Map<String, String> people(Program demo) {
    Map<String, String> people = new LinkedHashMap<>();
    PERSON
        .matcher(demo.out().replaceFirst("(?s).*User, password", ""))
        .results()
        .forEach(person -> people.put(person.group(1), person.group(2)));
    return people;
  }

  private static List<String> taskOf(String user, Map<String, String> people, Program demo)
      throws Exception {
    Browser browser = new Browser(demo.address());
    browser.logIn(user, people.get(user));
    List<String> names = new ArrayList<>();
    JSON.readTree(browser.ask("/task").body())
        .forEach(task -> names.add(task.get("name").asText()));
    return names;
  }

  private List<String> runs() throws Exception {
    List<String> runs = new ArrayList<>();
    for (JsonNode run : JSON.readTree(answer(0, List.of(), "runs", "--json"))) {
      runs.add(
          String.join(
              " ",
              Stream.of("target", "verdict", "reason")
                  .map(name -> run.get(name).asText())
                  .toList()));
    }
    return runs;
  }
}
