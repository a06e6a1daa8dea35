package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.SelfSigned;
import io.pgproof.command.Trees;
import io.pgproof.web.Browser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pages with a certificate, as {@code ./pgproof serve} serves them. */
@Tag("root")
class ServedTlsTest {
  private static final String HERE = "ip:127.0.0.1";

  private Path state;
  private Path certificate;
  private Path key;

  @BeforeEach
  void aStateDirectory() throws Exception {
    state = Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-");
    certificate = state.resolve("pages.crt");
    key = state.resolve("pages.key");
  }

  @AfterEach
  void removeIt() throws Exception {
    Trees.remove(state);
  }

  @Test
  void thePagesFollowTheCertificate() throws Exception {
    SelfSigned first = SelfSigned.of(HERE);
    write(first);
    try (Program server = Program.serve(state, settings())) {
      assertThat(server.address()).startsWith("https://");
      assertThat(server.err()).contains("served with the certificate in " + certificate);
      assertEverythingIsSecure(server, first);
      assertOnlyThePagesAreEncrypted(server);

      SelfSigned second = SelfSigned.of(HERE, "-keyalg", "RSA");
      write(second);
      awaitCertificate(server, second);
      assertThatThrownBy(() -> logInPage(server, first)).isInstanceOf(SSLException.class);

      Files.writeString(certificate, "half a certif");
      await().until(() -> server.err().contains("the changed certificate is not used"));
      assertThat(server.err())
          .contains("PGPROOF_TLS_CERTIFICATE: the file " + certificate + " has no certificate");
      assertThat(logInPage(server, second).statusCode()).isEqualTo(200);
      assertThat(server.err()).doesNotContain("Exception", "\tat ");

      write(first);
      awaitCertificate(server, first);
    }
  }

  @Test
  void aKeyThatEverybodyMayReadStartsNothing() throws Exception {
    write(SelfSigned.of(HERE));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    try (Program server = Program.start(state, settings(), List.of(), "serve")) {
      assertThat(server.await()).as(server.err()).isEqualTo(2);
      assertThat(server.err())
          .contains("PGPROOF_TLS_KEY: the file " + key + " can be read by every user")
          .contains("HINT: run chmod 600 " + key)
          .doesNotContain("Exception");
    }
  }

  private Map<String, String> settings() {
    return Map.of(
        "SERVER_PORT",
        "0",
        "MANAGEMENT_SERVER_PORT",
        "0",
        "PGPROOF_TLS_CERTIFICATE",
        certificate.toString(),
        "PGPROOF_TLS_KEY",
        key.toString());
  }

  /** As a program does that renews certificates: one file after the other. */
  private void write(SelfSigned served) throws Exception {
    Files.writeString(certificate, served.certificate());
    Files.writeString(key, served.key());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }

  private void assertEverythingIsSecure(Program server, SelfSigned trusted) throws Exception {
    Browser administrator = new Browser(server.address(), trusted.context());
    HttpResponse<String> logIn =
        administrator.tryLogIn("admin", Files.readString(state.resolve("admin-password")).strip());
    assertThat(logIn.statusCode()).isEqualTo(302);
    HttpResponse<String> overview = administrator.page("/");
    HttpResponse<String> cockpit = administrator.page("/camunda/app/cockpit/default/");
    assertThat(cockpit.statusCode()).isEqualTo(200);
    for (HttpResponse<String> answer :
        List.of(logInPage(server, trusted), logIn, overview, cockpit)) {
      assertThat(answer.headers().firstValue("Strict-Transport-Security"))
          .as(answer.uri().toString())
          .hasValueSatisfying(value -> assertThat(value).startsWith("max-age=31536000"));
      assertThat(answer.headers().allValues("Set-Cookie"))
          .allSatisfy(cookie -> assertThat(cookie).matches("(?i).*; *Secure(;.*)?"));
    }
    assertThat(cookies(logIn)).contains("JSESSIONID");
    assertThat(cookies(logInPage(server, trusted))).contains("PGPROOF-CSRF");
    assertThat(cookies(cockpit)).contains("XSRF-TOKEN");
  }

  private static List<String> cookies(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .map(cookie -> cookie.replaceFirst("=.*", ""))
        .toList();
  }

  private static void assertOnlyThePagesAreEncrypted(Program server) throws Exception {
    HttpClient plain = HttpClient.newHttpClient();
    assertThat(get(plain, server.monitoring() + "/health").statusCode()).isEqualTo(200);
    assertThat(get(plain, server.address().replace("https", "http") + "/login").statusCode())
        .isEqualTo(400);
  }

  private static void awaitCertificate(Program server, SelfSigned trusted) {
    await()
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptionsInstanceOf(SSLException.class)
        .until(() -> logInPage(server, trusted).statusCode() == 200);
  }

  /** With a client of its own, because a session of TLS may be continued. */
  private static HttpResponse<String> logInPage(Program server, SelfSigned trusted)
      throws Exception {
    return get(
        HttpClient.newBuilder().sslContext(trusted.context()).build(), server.address() + "/login");
  }

  private static HttpResponse<String> get(HttpClient client, String address) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
