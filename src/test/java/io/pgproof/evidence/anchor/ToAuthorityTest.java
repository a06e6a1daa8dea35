package io.pgproof.evidence.anchor;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerEvent.AnchorFailed;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.notify.LimitedHttp;
import io.pgproof.timestamp.TimestampRequest;
import io.pgproof.timestamp.TimestampServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real authority, and authorities that are broken or malicious. */
class ToAuthorityTest {
  private static final String CHECKPOINT = "pgproof/4b0d\n7\ncm9vdA==\n\n— pgproof/4b0d c2ln\n";

  @TempDir private Path place;

  private final TimestampServer server = new TimestampServer();
  private Path trusted;

  @BeforeEach
  void trust() throws IOException {
    trusted = Files.writeString(place.resolve("trusted.pem"), server.authorities());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private ToAuthority way(URI address, Path authorities, Duration limit) {
    return new ToAuthority(
        new LimitedHttp(limit), address, Optional.of(authorities), place.resolve("anchors"));
  }

  private ToAuthority way() {
    return way(server.address(), trusted, Duration.ofMinutes(1));
  }

  private static void assertFailed(ServerEvent event, String because) {
    assertThat(event)
        .isInstanceOfSatisfying(
            AnchorFailed.class, failed -> assertThat(failed.because()).contains(because));
  }

  @Test
  void openSslVerifiesWhatIsKept() throws Exception {
    server.time = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    LogAnchored anchored = (LogAnchored) way().give(CHECKPOINT);
    assertThat(anchored.timestamp().time()).isEqualTo(server.time);
    assertThat(anchored.timestamp().trusted()).isEqualTo(server.authorities());
    assertThat(anchored.describe())
        .contains("over 7 positions: time-stamping authority http://127.0.0.1:", "CN=Test TSA")
        .doesNotContain("/stamp");
    way().keep(anchored);

    List<Path> kept;
    try (Stream<Path> all = Files.list(place.resolve("anchors"))) {
      kept = all.toList();
    }
    assertThat(kept)
        .singleElement()
        .satisfies(
            directory -> {
              assertThat(directory.getFileName().toString()).matches("\\d{8}-\\d{6}-7");
              assertThat(directory.resolve("checkpoint")).hasContent(CHECKPOINT);
              assertThat(openSsl(directory)).contains("Verification: OK");
            });
    Files.writeString(kept.get(0).resolve("checkpoint"), CHECKPOINT.replace("7", "8"));
    assertThat(openSsl(kept.get(0))).contains("FAILED");
  }

  private static String openSsl(Path directory) throws IOException, InterruptedException {
    Process openSsl =
        new ProcessBuilder(
                "openssl",
                "ts",
                "-verify",
                "-data",
                "checkpoint",
                "-in",
                "checkpoint.tsr",
                "-CAfile",
                "tsa.pem")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(openSsl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    openSsl.waitFor();
    return said;
  }

  @Test
  void aStampForAnotherCheckpointOrRequestIsNotKept() throws Exception {
    byte[] other =
        new TimestampRequest("another checkpoint".getBytes(StandardCharsets.UTF_8)).encoded();
    server.instead = (request, exchange) -> TimestampServer.answer(exchange, server.stamp(other));
    assertFailed(way().give(CHECKPOINT), "not an answer to the request");
    byte[] old = new TimestampRequest(CHECKPOINT.getBytes(StandardCharsets.UTF_8)).encoded();
    server.instead = (request, exchange) -> TimestampServer.answer(exchange, server.stamp(old));
    assertFailed(way().give(CHECKPOINT), "nonce");
    assertThat(place.resolve("anchors")).doesNotExist();
  }

  @Test
  void anotherOrAnExpiredAuthorityIsNotBelieved() throws Exception {
    Instant now = Instant.now();
    try (TimestampServer other = new TimestampServer();
        TimestampServer expired =
            new TimestampServer(
                now.minus(Duration.ofDays(2)),
                now.minus(Duration.ofDays(1)),
                KeyPurposeId.id_kp_timeStamping)) {
      assertFailed(
          way(other.address(), trusted, Duration.ofMinutes(1)).give(CHECKPOINT),
          "CN=Test TSA does not lead to a trusted one");
      Path expiredRoot = Files.writeString(place.resolve("expired.pem"), expired.authorities());
      assertFailed(
          way(expired.address(), expiredRoot, Duration.ofMinutes(1)).give(CHECKPOINT),
          "its signature is not good");
    }
    assertFailed(
        way(server.address(), place.resolve("missing.pem"), Duration.ofMinutes(1)).give(CHECKPOINT),
        "missing.pem cannot be used");
    Files.writeString(trusted, "nothing");
    int before = server.requests.get();
    assertFailed(way().give(CHECKPOINT), "trusted.pem cannot be used");
    assertThat(server.requests).as("not even asked").hasValue(before);
  }

  @Test
  @Timeout(60)
  void aFileOfAuthoritiesThatIsAPipeOrTooLongIsNotRead() throws Exception {
    Path pipe = place.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertFailed(
        way(server.address(), pipe, Duration.ofMinutes(1)).give(CHECKPOINT),
        "tsa-ca " + pipe + " cannot be used: " + pipe + " is not a regular file");
    Files.writeString(trusted, server.authorities() + " ".repeat(1 << 20));
    assertFailed(way().give(CHECKPOINT), "is larger than 1 MiB");
    assertThat(server.requests).as("not even asked").hasValue(0);
  }

  @Test
  void whatIsNoAnswerIsRefused() throws Exception {
    server.instead =
        (request, exchange) -> {
          exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("<html>".getBytes(StandardCharsets.UTF_8));
        };
    assertFailed(
        way().give(CHECKPOINT), "answered with text/html; charset=utf-8 and not with application");
    server.instead =
        (request, exchange) ->
            TimestampServer.answer(exchange, "<html>".getBytes(StandardCharsets.UTF_8));
    assertFailed(way().give(CHECKPOINT), "not the answer of a time-stamping authority");
    server.instead =
        (request, exchange) -> {
          exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
          exchange.sendResponseHeaders(302, -1);
        };
    assertFailed(way().give(CHECKPOINT), "does not follow redirects");
    server.instead = (request, exchange) -> exchange.sendResponseHeaders(503, -1);
    assertFailed(way().give(CHECKPOINT), "answered with status 503");
    assertFailed(
        way(URI.create("http://127.0.0.1:1/"), trusted, Duration.ofMinutes(1)).give(CHECKPOINT),
        "cannot be reached");
  }

  @Test
  void anAnswerWithoutEndIsCutOffAndOneThatNeverComesIsNotAwaited() throws Exception {
    CountDownLatch broken = new CountDownLatch(1);
    server.instead =
        (request, exchange) -> {
          exchange.getResponseHeaders().add("Content-Type", TimestampRequest.ANSWER_TYPE);
          exchange.sendResponseHeaders(200, 0);
          byte[] block = new byte[1 << 16];
          try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 1 << 14; i++) {
              out.write(block);
            }
          } catch (IOException e) {
            broken.countDown();
          }
        };
    assertFailed(way().give(CHECKPOINT), "longer than 65536 bytes");
    assertThat(broken.await(1, TimeUnit.MINUTES)).as("the connection is closed").isTrue();

    server.instead =
        (request, exchange) -> {
          exchange.getResponseHeaders().add("Content-Type", TimestampRequest.ANSWER_TYPE);
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(0x30);
          exchange.getResponseBody().flush();
          Thread.sleep(600_000);
        };
    assertFailed(
        way(server.address(), trusted, Duration.ofSeconds(1)).give(CHECKPOINT),
        "did not answer within 1 s");
  }
}
