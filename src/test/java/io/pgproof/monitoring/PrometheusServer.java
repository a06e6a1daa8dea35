package io.pgproof.monitoring;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real Prometheus that scrapes one address each second. */
final class PrometheusServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path log;
  private final Process process;
  private final String api;

  /**
   * @param place an empty directory
   * @param port of the address on this host, whose path is {@code /actuator/prometheus}
   */
  PrometheusServer(Path place, int port, Path rules) throws IOException {
    Path configuration =
        Files.writeString(
            place.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["%s"]
            scrape_configs:
              - job_name: pgproof
                metrics_path: /actuator/prometheus
                static_configs:
                  - targets: ["127.0.0.1:%d"]
            """
                .formatted(rules.toAbsolutePath(), port));
    int own = freePort();
    log = place.resolve("log");
    process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + place.resolve("data"),
                "--web.listen-address=127.0.0.1:" + own)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    api = "http://127.0.0.1:" + own + "/api/v1/";
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Returns when a rate can be computed from what was scraped. */
  void awaitSamples() {
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError(Files.readString(log));
              }
              return !query("count_over_time(pgproof_build_info[1m]) >= 2").isEmpty();
            });
  }

  /**
   * Returns the results of a query.
   *
   * @throws AssertionError if it is wrong
   */
  JsonNode query(String query) throws IOException, InterruptedException {
    return data("query?query=", query).get("result");
  }

  /** Returns the labels of the series that a selector matches. */
  JsonNode series(String selector) throws IOException, InterruptedException {
    return data("series?match[]=", selector);
  }

  JsonNode rules() throws IOException, InterruptedException {
    return data("rules", "").get("groups");
  }

  private JsonNode data(String path, String value) throws IOException, InterruptedException {
    String address = api + path.replace("[]", "%5B%5D");
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(
                    URI.create(address + URLEncoder.encode(value, StandardCharsets.UTF_8)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() == 503) {
      throw new IOException("Prometheus is not ready: " + answer.body());
    }
    if (answer.statusCode() != 200) {
      throw new AssertionError(value + ": " + answer.body());
    }
    return JSON.readTree(answer.body()).get("data");
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
