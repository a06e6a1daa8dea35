package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproof.TestEnvironment;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that verifies its targets by itself, as a process of its own. */
@Tag("container")
class ServedTargetsTest extends ProgramFixture {
  private Path config;

  @BeforeEach
  void aConfiguration() {
    config = state.path().resolve("targets.yaml");
  }

  @Test
  void targetsAreProvenByScheduleAndWatchAndAMissingOneRaisesAnAlarm() throws Exception {
    Path watched = Files.createDirectory(state.path().resolve("watched"));
    String scheduled =
        """
        containers-at-once: 1
        targets:
          - {name: nightly, path: %s, schedule: "* * * * *"}
          - {name: missing, path: %s, schedule: "* * * * *"}
        """
            .formatted(backup, state.path().resolve("nowhere"));
    Files.writeString(config, scheduled);
    try (Program server = serve("--config", config.toString())) {
      Files.writeString(
          config, scheduled + "  - {name: arriving, path: " + watched + ", watch: true}\n");
      TestEnvironment.copy(backup, watched);
      await()
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> endedTargets() == 3 || !server.running());
      assertRun("nightly", "schedule", "proven", "fresh");
      assertRun("missing", "schedule", "inconclusive", "no-such-path");
      assertRun("arriving", "watch", "proven", "fresh");
      assertThat(server.err()).contains(config + " changed; the new configuration is in force");
      server.terminate();
      assertThat(server.await()).isEqualTo(143);
    }
  }

  /** As {@code runs} asks, without a program for each look. */
  private long endedTargets() throws IOException {
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      Reply.Runs runs =
          (Reply.Runs) client.send(new Request.ListRuns(1000), reply -> {}).orElseThrow();
      return runs.lines().stream()
          .filter(line -> line.verdict() != null)
          .map(line -> line.target())
          .distinct()
          .count();
    }
  }

  private void assertRun(String target, String askedBy, String verdict, String reason)
      throws Exception {
    JsonNode run =
        ended().stream()
            .filter(each -> each.get("target").asText().equals(target))
            .findFirst()
            .orElseThrow();
    assertThat(Stream.of("askedBy", "verdict", "reason").map(name -> run.get(name).asText()))
        .as(run.toString())
        .containsExactly(askedBy, verdict, reason);
  }

  private List<JsonNode> ended() throws Exception {
    List<JsonNode> ended = new ArrayList<>();
    JSON.readTree(answer(0, List.of(), "runs", "--json"))
        .forEach(
            run -> {
              if (!run.get("verdict").isNull()) {
                ended.add(run);
              }
            });
    return ended;
  }
}
