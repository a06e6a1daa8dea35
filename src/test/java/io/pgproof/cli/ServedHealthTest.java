package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.EngineDatabase;
import io.pgproof.command.Trees;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a server says about itself on the port for other programs. */
@Tag("root")
class ServedHealthTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient client = HttpClient.newHttpClient();
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
  void healthFollowsTheDatabaseAndNothingElseIsServed() throws Exception {
    try (EngineDatabase database = EngineDatabase.start();
        Program server =
            Program.serve(
                state,
                Map.of(
                    "SPRING_DATASOURCE_URL",
                    database.url(),
                    "SPRING_DATASOURCE_USERNAME",
                    database.user(),
                    "SPRING_DATASOURCE_PASSWORD_FILE",
                    Files.writeString(state.resolve("database-password"), "hush\n").toString(),
                    "SPRING_DATASOURCE_HIKARI_CONNECTION_TIMEOUT",
                    "1000"))) {
      awaitStatus(server, "/health/readiness", 200);
      JsonNode health = health(server);
      assertThat(health.get("status").asText()).as(health.toString()).isEqualTo("UP");
      assertThat(health.get("components").fieldNames())
          .toIterable()
          .containsExactlyInAnyOrder(
              "database", "engine", "jobs", "schedule", "lxc", "disk", "log", "threads");
      assertNothingElse(server);

      database.stop();
      awaitStatus(server, "/health/readiness", 503);
      assertThat(status(server, "database")).isEqualTo("DOWN");
      await().until(() -> status(server, "jobs").equals("UNKNOWN"));
      assertThat(get(server, "/health/liveness").statusCode()).isEqualTo(200);
      await()
          .untilAsserted(
              () ->
                  assertThat(get(server, "/prometheus").body())
                      .contains("pgproof_health{check=\"database\"} 0.0")
                      .doesNotContain("pgproof_open_tasks"));

      database.startAgain();
      awaitStatus(server, "/health/readiness", 200);
      assertThat(server.running()).isTrue();
    }
  }

  private void assertNothingElse(Program server) throws Exception {
    for (String path :
        new String[] {
          "", "/", "/env", "/info", "/beans", "/heapdump", "/metrics", "/loggers", "/flyway"
        }) {
      assertThat(get(server, path).statusCode()).as(path).isEqualTo(403);
    }
    URI root = URI.create(server.monitoring()).resolve("/");
    for (String path : new String[] {"", "login", "camunda/app/cockpit/default/", "badge/x.svg"}) {
      assertThat(get(root.resolve(path)).statusCode()).as(path).isEqualTo(403);
    }
    assertThat(
            client
                .send(
                    HttpRequest.newBuilder(URI.create(server.monitoring() + "/health"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(403);
    for (String path : new String[] {"/actuator", "/actuator/health", "/actuator/prometheus"}) {
      assertThat(get(URI.create(server.address() + path)).body())
          .as("on the port of the pages")
          .doesNotContain("UP", "jvm_");
    }
    HttpResponse<String> metrics = get(server, "/prometheus");
    assertThat(metrics.statusCode()).isEqualTo(200);
    assertThat(metrics.body())
        .contains(
            "jvm_memory_used_bytes{",
            "pgproof_build_info{version=\"",
            "pgproof_health{check=\"schedule\"} 1.0",
            "pgproof_open_tasks{group=\"backup-approvers\"} 0.0")
        .doesNotContain("http_server", "disk_", state.toString());
  }

  @Test
  void aServerWithoutSpaceIsAliveButNotReady() throws Exception {
    try (Program server = Program.serve(state, Map.of("PGPROOF_RESERVE", "1000T"))) {
      awaitStatus(server, "/health/liveness", 200);
      assertThat(get(server, "/health/readiness").statusCode()).isEqualTo(503);
      assertThat(get(server, "/health").statusCode()).isEqualTo(503);
      JsonNode disk = health(server).get("components").get("disk");
      assertThat(disk.get("status").asText()).isEqualTo("DOWN");
      assertThat(disk.get("details").get("message").asText()).contains("are the reserve");
      assertThat(disk.get("details").get("hint").asText()).contains("PGPROOF_RESERVE");
    }
  }

  @Test
  void healthIsNotServedOnThePortOfThePages() throws Exception {
    String port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = String.valueOf(free.getLocalPort());
    }
    try (Program server =
        Program.start(
            state,
            Map.of("SERVER_PORT", port, "MANAGEMENT_SERVER_PORT", port),
            List.of(),
            "serve")) {
      assertThat(server.await()).as(server.err()).isEqualTo(2);
      assertThat(server.err())
          .contains(
              "health and metrics cannot be served on port " + port,
              "HINT: set MANAGEMENT_SERVER_PORT to another port");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = String.valueOf(taken.getLocalPort());
      try (Program server =
          Program.start(
              state,
              Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", port),
              List.of(),
              "serve")) {
        assertThat(server.await()).as(server.err()).isEqualTo(1);
        assertThat(server.err())
            .contains("port " + port + " is used by another program", "MANAGEMENT_SERVER_PORT");
      }
    }
  }

  private void awaitStatus(Program server, String path, int status) {
    await()
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              HttpResponse<String> answer = get(server, path);
              assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            });
  }

  private String status(Program server, String check) throws Exception {
    return health(server).get("components").get(check).get("status").asText();
  }

  private JsonNode health(Program server) throws Exception {
    return JSON.readTree(get(server, "/health").body());
  }

  private HttpResponse<String> get(Program server, String path) throws Exception {
    return get(URI.create(server.monitoring() + path));
  }

  private HttpResponse<String> get(URI address) throws Exception {
    return client.send(
        HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }
}
