package io.pgproof.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.pgproof.SelfSigned;
import io.pgproof.notify.HookServer.Posted;
import io.pgproof.notify.Message.Fact;
import io.pgproof.notify.Message.Table;
import io.pgproof.target.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebHookTest {
  private static final String SECRET = "an-old-key-of-the-house";
  private static final Instant NOW = Instant.parse("2026-03-01T03:00:10Z");
  private static final Message MESSAGE =
      new Message(
          "7b0d",
          Instant.parse("2026-03-01T03:00:00Z"),
          "refuted",
          "REFUTED shop: wal-missing",
          "The backup of shop is refuted: \"ü\"",
          List.of(Fact.of("verdict", "verdict", "refuted"), Fact.of("hint", "what to do", null)),
          List.of(
              new Table("tasks", "Open tasks", List.of(List.of(Fact.of("times", "times", 3))))));

  @TempDir Path place;

  private HookServer server;
  private Secret secret;

  @BeforeEach
  void start() throws IOException {
    server = new HookServer();
    secret =
        new Secret(
            Optional.of(Files.writeString(place.resolve("secret"), SECRET + "\n")),
            Optional.empty());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aReceiverCanVerifyTheSignature() throws Exception {
    assertThat(hook().post(MESSAGE, server.address(), secret))
        .isEqualTo(
            new Delivery.Accepted("web hook http://localhost:" + server.address().getPort()));

    Posted posted = server.posted().get(0);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String expected =
        HexFormat.of()
            .formatHex(
                mac.doFinal(
                    (posted.timestamp() + "." + posted.body()).getBytes(StandardCharsets.UTF_8)));
    assertThat(posted.signature()).isEqualTo("sha256=" + expected);
    assertThat(posted.timestamp()).isEqualTo(String.valueOf(NOW.getEpochSecond()));
    assertThat(posted.id()).isEqualTo("7b0d");
    assertThat(posted.contentType()).isEqualTo("application/json");
    assertThat(posted.path()).isEqualTo("/hooks/T0KEN-in-the-path");
  }

  @Test
  void theDocumentedCommandVerifiesTheSignature() throws Exception {
    hook().post(MESSAGE, server.address(), secret);

    Posted posted = server.posted().get(0);
    String command =
        Files.readAllLines(Path.of("docs/notifications.md")).stream()
            .filter(line -> line.startsWith("printf '%s.%s'"))
            .findFirst()
            .orElseThrow();
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", command);
    shell
        .environment()
        .putAll(Map.of("timestamp", posted.timestamp(), "body", posted.body(), "secret", SECRET));
    String digest =
        new String(shell.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .split(" ")[0];
    assertThat(posted.signature()).isEqualTo("sha256=" + digest);
  }

  @Test
  void theBodyIsOneJsonObjectWithTheFacts() throws Exception {
    hook().post(MESSAGE, server.address(), secret);

    JsonNode body = new ObjectMapper().readTree(server.posted().get(0).body());
    assertThat(body)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
        {"schema": 1, "id": "7b0d", "event": "refuted", "at": "2026-03-01T03:00:00Z", "subject": "REFUTED shop: wal-missing",
         "text": "The backup of shop is refuted: \\"ü\\"", "verdict": "refuted", "hint": null, "tasks": [{"times": 3}]}"""));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 410, 422})
  void aClientErrorIsNotRetried(int status) throws Exception {
    server.answer(status);
    assertThat(hook().post(MESSAGE, server.address(), secret))
        .isInstanceOfSatisfying(
            Delivery.Refused.class,
            refused -> {
              assertThat(refused.why()).contains(String.valueOf(status));
              assertThat(refused.toString()).doesNotContain("T0KEN");
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 302, 307})
  void otherErrorsAreRetriedAndRedirectsAreNotFollowed(int status) throws Exception {
    server.answer(
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("Location", server.address().resolve("/elsewhere").toString());
          exchange.sendResponseHeaders(status, -1);
        });
    assertThatThrownBy(() -> hook().post(MESSAGE, server.address(), secret))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(String.valueOf(status))
        .hasMessageNotContaining("T0KEN");
    assertThat(server.posted()).hasSize(1);
  }

  @Test
  void aSilentServerIsGivenUpAtTheTimeLimit() {
    server.answer(exchange -> Thread.sleep(600_000));
    assertThatThrownBy(
            () ->
                new WebHook(Clock.systemUTC(), SSLContext.getDefault(), Duration.ofSeconds(3))
                    .post(MESSAGE, server.address(), secret))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not answer within 3 s")
        .hasMessageNotContaining("T0KEN");
  }

  @Test
  void anEndlessAnswerIsNotReadToItsEnd() throws Exception {
    server.answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          while (true) {
            exchange.getResponseBody().write('.');
            exchange.getResponseBody().flush();
            Thread.sleep(100);
          }
        });
    assertThat(hook().post(MESSAGE, server.address(), secret))
        .isInstanceOf(Delivery.Accepted.class);
  }

  @Test
  void aServerWithAnUntrustedCertificateGetsNothing() throws Exception {
    SSLContext localhost = SelfSigned.of("dns:localhost").context();
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(localhost));
    https.createContext("/", exchange -> exchange.sendResponseHeaders(200, -1));
    https.start();
    URI address = URI.create("https://localhost:" + https.getAddress().getPort() + "/hooks/T0KEN");
    try {
      assertThatThrownBy(() -> hook().post(MESSAGE, address, secret))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("web hook https://localhost:")
          .hasMessageNotContaining("T0KEN");
      assertThat(
              new WebHook(Clock.systemUTC(), localhost, Duration.ofSeconds(20))
                  .post(MESSAGE, address, secret))
          .isInstanceOf(Delivery.Accepted.class);
    } finally {
      https.stop(0);
    }
  }

  @Test
  void theSecretIsReadForEachMessage() throws Exception {
    hook().post(MESSAGE, server.address(), secret);
    Files.writeString(secret.file().orElseThrow(), "a-new-key");
    hook().post(MESSAGE, server.address(), secret);

    assertThat(server.posted().get(0).signature()).isNotEqualTo(server.posted().get(1).signature());
  }

  private static WebHook hook() throws Exception {
    return new WebHook(
        Clock.fixed(NOW, ZoneOffset.UTC), SSLContext.getDefault(), Duration.ofSeconds(20));
  }
}
