package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.Bench;
import io.pgproof.Remains;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that verifies its targets by itself, as a process of its own. */
@Tag("container")
class ServedTargetsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StateDirectory state;
  private Path config;

  @BeforeEach
  void aStateDirectoryWithAnImage() throws Exception {
    Bench.backup(15);
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    Files.createDirectories(state.images());
    // The images are big and never written to, so their files are shared.
    try (Stream<Path> images = Files.list(Bench.state().images())) {
      for (Path image : images.filter(path -> path.getFileName().toString().startsWith("15-")).toList()) {
        assertThat(new ProcessBuilder("cp", "-al", image.toString(), state.images().toString()).start().waitFor()).isZero();
      }
    }
    config = state.path().resolve("targets.yaml");
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Remains.assertNone(state);
    Trees.remove(state.path());
  }

  @Test
  void targetsAreProvenByScheduleAndByWatchAndOneThatIsMissingIsAnAlarm() throws Exception {
    Path watched = Files.createDirectory(state.path().resolve("watched"));
    String scheduled = """
        containers-at-once: 1
        targets:
          - {name: nightly, path: %s, schedule: "* * * * *"}
          - {name: missing, path: %s, schedule: "* * * * *"}
        """.formatted(Bench.backup(15), state.path().resolve("nowhere"));
    Files.writeString(config, scheduled);
    try (Program server = serve()) {
      Files.writeString(config, scheduled + "  - {name: arriving, path: " + watched + ", watch: true}\n");
      Bench.copy(Bench.backup(15), watched);
      await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofSeconds(2)).until(() ->
          ended().stream().map(run -> run.get("target").asText()).distinct().count() == 3 || !server.running());
      assertRun("nightly", "schedule", "proven", "fresh");
      assertRun("missing", "schedule", "inconclusive", "no-such-path");
      assertRun("arriving", "watch", "proven", "fresh");
      assertThat(server.err()).contains(config + " changed, and holds as it is now");
      server.terminate();
      assertThat(server.await()).isEqualTo(143);
    }
  }

  private void assertRun(String target, String askedBy, String verdict, String reason) throws Exception {
    JsonNode run = ended().stream().filter(each -> each.get("target").asText().equals(target)).findFirst().orElseThrow();
    assertThat(Stream.of("askedBy", "verdict", "reason").map(name -> run.get(name).asText()))
        .as(run.toString()).containsExactly(askedBy, verdict, reason);
  }

  private Program serve() {
    Program server = Program.start(state.path(), Map.of("SERVER_PORT", "0", "PGPROOF_WATCH_EVERY", "1s"), List.of(),
        "serve", "--config", config.toString());
    await().atMost(Duration.ofMinutes(2)).until(() -> server.err().contains("pgproof serves") || !server.running());
    assertThat(server.running()).as(server.err()).isTrue();
    return server;
  }

  private List<JsonNode> ended() throws Exception {
    List<JsonNode> ended = new ArrayList<>();
    try (Program runs = Program.start(state.path(), "runs", "--json")) {
      assertThat(runs.await()).as(runs.err()).isZero();
      JSON.readTree(runs.out()).forEach(run -> {
        if (!run.get("verdict").isNull()) {
          ended.add(run);
        }
      });
    }
    return ended;
  }
}
