package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.command.Trees;
import io.pgproof.daemon.MessageOfRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the log of the program looks. */
class LogFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUN = "[0-9]{8}-[0-9]{6}-[0-9a-z]{4}";

  private Path state;

  @BeforeEach
  void aStateDirectory() throws Exception {
    state = Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-");
  }

  @AfterEach
  void removeIt() throws Exception {
    Trees.remove(state);
  }

  @Test
  @Tag("root")
  void eachLineIsAnObjectWithTheRunAndTheTarget() throws Exception {
    try (Program server = serve("ecs")) {
      await().until(() -> line(server, "found a new backup").isPresent());
      JsonNode found = line(server, "found a new backup").orElseThrow();
      assertThat(found.get("log").get("level").asText()).isEqualTo("INFO");
      assertThat(found.get("target").asText()).isEqualTo("shop");
      assertThat(found.get("run").asText())
          .matches(RUN)
          .isEqualTo(found.get("message").asText().replaceFirst(".*run (" + RUN + ") .*", "$1"));
      JsonNode scheduled = line(server, "is scheduled").orElseThrow();
      assertThat(scheduled.get("target").asText()).isEqualTo("shop");
      assertThat(scheduled.has("run")).isFalse();
      server.terminate();
      server.await();
      assertThat(server.err().lines().filter(line -> line.startsWith("{")))
          .allSatisfy(line -> assertThat(JSON.readTree(line).has("@timestamp")).isTrue());
    }
  }

  @Test
  @Tag("root")
  void aFormatThatIsNotKnownIsRefused() throws Exception {
    try (Program server =
        Program.start(
            state, Map.of("LOGGING_STRUCTURED_FORMAT_CONSOLE", "xml"), List.of(), "serve")) {
      assertThat(server.await()).as(server.err()).isEqualTo(2);
      assertThat(server.err().lines())
          .containsExactly(
              "pgproof: the setting logging.structured.format.console is wrong: 'xml' is not a format of the log (bad-option)",
              "HINT: set LOGGING_STRUCTURED_FORMAT_CONSOLE to ecs or logstash, or leave it out for text");
    }
  }

  @Test
  void aTextNamesTheRunOnce() {
    assertThat(text("failed", Map.of("run", "20261122-193012-k3f9", "target", "shop")))
        .isEqualTo("run 20261122-193012-k3f9: failed");
    assertThat(text("20261122-193012-k3f9 failed", Map.of("run", "20261122-193012-k3f9")))
        .isEqualTo("20261122-193012-k3f9 failed");
    assertThat(text("failed", Map.of("target", "shop"))).isEqualTo("failed");
  }

  private static String text(String message, Map<String, String> context) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerContext(new LoggerContext());
    event.setLevel(Level.INFO);
    event.setMessage(message);
    event.setMDCPropertyMap(context);
    return new MessageOfRun().convert(event);
  }

  private Program serve(String format) throws Exception {
    Path backup = Files.createDirectory(state.resolve("backup"));
    for (String file : List.of("base.tar", "pg_wal.tar", "backup_manifest")) {
      Files.writeString(backup.resolve(file), "not a backup");
    }
    Path configuration =
        Files.writeString(
            state.resolve("targets.yaml"),
            "targets:\n  - {name: shop, path: "
                + backup
                + ", schedule: \"0 3 * * *\", watch: true}\n");
    return Program.serve(
        state,
        Map.of("LOGGING_STRUCTURED_FORMAT_CONSOLE", format),
        "--config",
        configuration.toString());
  }

  private static Optional<JsonNode> line(Program server, String words) {
    return server
        .err()
        .lines()
        .filter(line -> line.startsWith("{") && line.endsWith("}"))
        .map(LogFormatTest::read)
        .filter(line -> line.get("message").asText().contains(words))
        .findFirst();
  }

  private static JsonNode read(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }
}
