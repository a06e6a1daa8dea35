package io.pgproof.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** The alert rules that the documentation offers. */
class AlertRulesTest {
  private static final Path RULES = Path.of("docs/monitoring/pgproof-alerts.yaml");
  private static final Path TESTS = Path.of("src/test/resources/monitoring");

  private static List<Path> tests() throws IOException {
    try (Stream<Path> files = Files.list(TESTS)) {
      return files.filter(file -> file.toString().endsWith("-test.yaml")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("tests")
  @Tag("root")
  void eachRuleFiresWhenItShall(Path file) throws Exception {
    Process promtool =
        new ProcessBuilder("promtool", "test", "rules", file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(promtool.waitFor()).as(said).isZero();
  }

  @Test
  void eachRuleIsTestedToFireAndNotToFire() throws IOException {
    Set<String> fire = new TreeSet<>();
    Set<String> silent = new TreeSet<>();
    for (Path file : tests()) {
      for (JsonNode test : read(file).get("tests")) {
        for (JsonNode expected : test.get("alert_rule_test")) {
          (expected.has("exp_alerts") ? fire : silent).add(expected.get("alertname").asText());
        }
      }
    }
    Set<String> rules = new TreeSet<>();
    for (JsonNode rule : rules()) {
      rules.add(rule.get("alert").asText());
    }
    assertThat(rules).isNotEmpty();
    assertThat(fire).isEqualTo(rules);
    assertThat(silent).isEqualTo(rules);
  }

  @Test
  void theRulesUseOnlyMetricsThatAreServed() throws IOException {
    for (JsonNode rule : rules()) {
      UsedMetrics.assertServed(rule.get("expr").asText());
    }
  }

  @Test
  void thePageListsAllAlerts() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("docs/monitoring.md")).stream()
            .filter(line -> line.startsWith("| `Pgproof"))
            .map(line -> line.substring(0, line.lastIndexOf(" | ")))
            .toList();
    List<String> expected = new ArrayList<>();
    for (JsonNode rule : rules()) {
      expected.add(
          "| `"
              + rule.get("alert").asText()
              + "` | "
              + rule.get("labels").get("severity").asText()
              + " | "
              + (rule.has("for") ? rule.get("for").asText() : "–"));
    }
    assertThat(rows).containsExactlyElementsOf(expected);
  }

  private static Iterable<JsonNode> rules() throws IOException {
    JsonNode groups = read(RULES).get("groups");
    assertThat(groups).hasSize(1);
    return groups.get(0).get("rules");
  }

  private static JsonNode read(Path file) throws IOException {
    Map<String, Object> content = new Yaml().load(Files.readString(file));
    return new ObjectMapper().valueToTree(content);
  }
}
