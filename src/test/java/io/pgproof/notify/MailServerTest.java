package io.pgproof.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.SelfSigned;
import io.pgproof.notify.MailBox.Received;
import io.pgproof.notify.Message.Fact;
import io.pgproof.notify.Message.Table;
import io.pgproof.target.Mail;
import io.pgproof.target.Mail.Security;
import io.pgproof.target.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

class MailServerTest {
  private static final String PASSWORD = "Dragon-of-the-night";
  private static final Message MESSAGE =
      message("REFUTED shop: wal-missing", "segment <0000B> & \"more\" is not there");
  private static SSLContext localhost;

  @TempDir Path place;

  @BeforeAll
  static void makeKeys() throws Exception {
    localhost = SelfSigned.of("dns:localhost").context();
  }

  @Test
  void aMailHasTheSameContentInPlainTextAndHtml() throws Exception {
    try (MailBox box = new MailBox()) {
      assertThat(server(localhost).send(MESSAGE, "ada@example.org", box.address(Security.NONE)))
          .isEqualTo(new Delivery.Accepted("mail to ada@example.org"));

      Received mail = box.received().get(0);
      assertThat(mail.to()).isEqualTo("ada@example.org");
      assertThat(mail.mail().getSubject()).isEqualTo("[pgproof] REFUTED shop: wal-missing");
      assertThat(mail.header("From")).isEqualTo("pgproof <pgproof@example.org>");
      assertThat(mail.header("To")).isEqualTo("ada@example.org");
      assertThat(mail.header("Message-ID")).isEqualTo("<7b0d@example.org>");
      assertThat(mail.header("Auto-Submitted")).isEqualTo("auto-generated");
      assertThat(mail.mail().getSentDate().toInstant()).isEqualTo(MESSAGE.at());
      assertThat(mail.plain())
          .isEqualTo(
              """
          The backup of shop is refuted

            found            segment <0000B> & "more" is not there
            PostgreSQL said  FATAL:  müde
                             LOG:  gone

          Targets

            target  shop
          """);
      assertThat(mail.html())
          .contains("<b>The backup of shop is refuted</b>")
          .contains(">segment &lt;0000B&gt; &amp; &quot;more&quot; is not there</td>")
          .contains("<th>target</th>")
          .contains("<td>shop</td>")
          .contains("müde\nLOG:  gone")
          .doesNotContain("<0000B>");
    }
  }

  @Test
  void startTlsEncryptsAndLogsInWithThePasswordFile() throws Exception {
    try (MailBox box =
        new MailBox(
            settings ->
                loggedIn(settings).enableTLS().requireTLS().startTlsSocketFactory(localhost))) {
      server(localhost)
          .send(
              MESSAGE,
              "ada@example.org",
              box.address(Security.STARTTLS, "pgproof", password(PASSWORD)));

      assertThat(box.received())
          .singleElement()
          .satisfies(
              mail -> {
                assertThat(mail.encrypted()).isTrue();
                assertThat(mail.user()).contains("pgproof");
              });
    }
  }

  @Test
  void implicitTlsLogsIn() throws Exception {
    try (MailBox box = new MailBox(settings -> loggedIn(settings).serverSocketFactory(localhost))) {
      server(localhost)
          .send(
              MESSAGE, "ada@example.org", box.address(Security.TLS, "pgproof", password(PASSWORD)));

      assertThat(box.received())
          .singleElement()
          .satisfies(mail -> assertThat(mail.user()).contains("pgproof"));
    }
  }

  @Test
  void aServerWithoutStartTlsGetsNeitherMailNorPassword() throws Exception {
    try (MailBox box = new MailBox(MailServerTest::loggedIn)) {
      assertThatThrownBy(
              () ->
                  server(localhost)
                      .send(
                          MESSAGE,
                          "ada@example.org",
                          box.address(Security.STARTTLS, "pgproof", password(PASSWORD))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("STARTTLS");

      assertThat(box.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"STARTTLS", "TLS"})
  void aServerWithAnUntrustedCertificateGetsNothing(Security security) throws Exception {
    SSLContext other = SelfSigned.of("dns:elsewhere.example.org").context();
    for (SSLContext trust : List.of(SSLContext.getDefault(), other)) {
      try (MailBox box =
          new MailBox(
              settings ->
                  security == Security.TLS
                      ? settings.serverSocketFactory(other)
                      : settings.enableTLS().startTlsSocketFactory(other))) {
        assertThatThrownBy(
                () -> server(trust).send(MESSAGE, "ada@example.org", box.address(security)))
            .isInstanceOf(IOException.class)
            .hasMessageStartingWith("the mail server localhost:");
        assertThat(box.received()).isEmpty();
      }
    }
  }

  @Test
  void aFailedLogInIsRetriedAndShowsNoPassword() throws Exception {
    try (MailBox box = new MailBox(settings -> loggedIn(settings))) {
      assertThatThrownBy(
              () ->
                  server(localhost)
                      .send(
                          MESSAGE,
                          "ada@example.org",
                          box.address(Security.NONE, "pgproof", password("Wrong-and-secret"))))
          .isInstanceOf(IOException.class)
          .hasNoCause()
          .hasMessageContaining("localhost:")
          .hasMessageNotContaining("Wrong-and-secret");
    }
  }

  @Test
  void aPasswordThatTheServerRepeatsIsNotShown() throws Exception {
    try (ServerSocket echo = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread server = new Thread(() -> echo(echo));
      server.start();
      Mail mail =
          new Mail(
              "localhost",
              echo.getLocalPort(),
              Security.NONE,
              "pgproof@example.org",
              Optional.of("pgproof"),
              Optional.of(password(PASSWORD)));
      assertThatThrownBy(() -> server(localhost).send(MESSAGE, "ada@example.org", mail))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("***")
          .hasMessageContaining("AUTH PLAIN")
          .hasMessageNotContaining(PASSWORD)
          .hasMessageNotContaining("AHBncHJvb2YARHJhZ29u");
      server.join();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {550, 553, 554})
  void aPermanentRefusalIsNotRetried(int status) throws Exception {
    try (MailBox box = new MailBox()) {
      box.refuse(status);
      assertThat(server(localhost).send(MESSAGE, "nobody@example.org", box.address(Security.NONE)))
          .isInstanceOfSatisfying(
              Delivery.Refused.class,
              refused -> assertThat(refused.why()).contains(status + " no such user here"));
    }
  }

  @Test
  void aTemporaryRefusalIsRetried() throws Exception {
    try (MailBox box = new MailBox()) {
      box.refuse(451);
      assertThatThrownBy(
              () -> server(localhost).send(MESSAGE, "ada@example.org", box.address(Security.NONE)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("451 no such user here");
    }
  }

  @Test
  void aNameInASubjectCannotAddAHeader() throws Exception {
    try (MailBox box = new MailBox()) {
      Message sly =
          message("STALE shop\r\nBcc: eve@example.org\r\n\r\nhello \u2028\u0000 ünd", "fine");
      server(localhost).send(sly, "ada@example.org", box.address(Security.NONE));

      Received mail = box.received().get(0);
      assertThat(mail.mail().getSubject())
          .isEqualTo("[pgproof] STALE shop Bcc: eve@example.org hello ünd");
      assertThat(mail.header("Bcc")).isNull();
      assertThat(box.received()).hasSize(1);
      assertThat(message("x".repeat(500), "").subject()).hasSize(100).endsWith("…");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org, eve@example.org",
        "ada",
        ""
      })
  void anInvalidAddressGetsNoMail(String to) throws Exception {
    try (MailBox box = new MailBox()) {
      assertThat(server(localhost).send(MESSAGE, to, box.address(Security.NONE)))
          .isInstanceOf(Delivery.Refused.class);
      assertThat(box.received()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Security.class)
  void aSilentServerIsGivenUpAtTheTimeLimit(Security security) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Mail mail =
          new Mail(
              "localhost",
              silent.getLocalPort(),
              security,
              "pgproof@example.org",
              Optional.empty(),
              Optional.empty());
      assertThatThrownBy(
              () ->
                  new MailServer(localhost, Duration.ofSeconds(1))
                      .send(MESSAGE, "ada@example.org", mail))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("longer than 1 s");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Security.class,
      names = {"NONE", "TLS"})
  void theAddressThatAnswersIsUsed(Security security) throws Exception {
    try (MailBox box =
        new MailBox(
            settings ->
                security == Security.TLS ? settings.serverSocketFactory(localhost) : settings)) {
      InetAddress[] addresses = {
        InetAddress.getByName("127.0.0.9"), InetAddress.getLoopbackAddress()
      };
      MailServer server = new MailServer(localhost, Duration.ofSeconds(20), host -> addresses);
      assertThat(server.send(MESSAGE, "ada@example.org", box.address(security)))
          .isInstanceOf(Delivery.Accepted.class);
      assertThat(box.received()).hasSize(1);

      MailServer nowhere =
          new MailServer(localhost, Duration.ofSeconds(20), host -> Arrays.copyOf(addresses, 1));
      assertThatThrownBy(() -> nowhere.send(MESSAGE, "ada@example.org", box.address(security)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void aMissingServerAndAMissingSecretAreNamed() throws Exception {
    // Held, so that no other program takes it, and not listened at.
    try (Socket closed = new Socket()) {
      closed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      int port = closed.getLocalPort();
      Mail gone =
          new Mail(
              "localhost",
              port,
              Security.NONE,
              "pgproof@example.org",
              Optional.empty(),
              Optional.empty());
      assertThatThrownBy(() -> server(localhost).send(MESSAGE, "ada@example.org", gone))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("localhost:" + port);
    }
    Path file = place.resolve("nowhere");
    try (MailBox box = new MailBox()) {
      Mail unknown =
          box.address(Security.NONE, "pgproof", new Secret(Optional.of(file), Optional.empty()));
      assertThatThrownBy(() -> server(localhost).send(MESSAGE, "ada@example.org", unknown))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the file " + file + " does not exist");
    }
  }

  private static MailServer server(SSLContext trust) {
    return new MailServer(trust, Duration.ofSeconds(20));
  }

  private Secret password(String password) throws IOException {
    return new Secret(
        Optional.of(Files.writeString(place.resolve("password"), password + "\n")),
        Optional.empty());
  }

  private static SMTPServer.Builder loggedIn(SMTPServer.Builder settings) {
    return settings
        .requireAuth()
        .authenticationHandlerFactory(
            new EasyAuthenticationHandlerFactory(
                (user, password, mail) -> {
                  if (!user.equals("pgproof") || !password.equals(PASSWORD)) {
                    throw new LoginFailedException();
                  }
                }));
  }

  private static void echo(ServerSocket server) {
    try (Socket socket = server.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      var out = socket.getOutputStream();
      out.write("220 echo\r\n".getBytes(StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String answer =
            line.startsWith("EHLO")
                ? "250-echo\r\n250 AUTH PLAIN"
                : "500 not understood: " + line + " " + PASSWORD;
        out.write((answer + "\r\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The client hung up.
    }
  }

  private static Message message(String subject, String found) {
    return new Message(
        "7b0d",
        Instant.parse("2026-03-01T03:00:00Z"),
        "refuted",
        subject,
        "The backup of shop is refuted",
        List.of(
            Fact.of("message", "found", found),
            Fact.of("words", "PostgreSQL said", "FATAL:  müde\nLOG:  gone\n"),
            Fact.of("hint", "what to do", null),
            Fact.of("reason", null, "wal-missing")),
        List.of(
            new Table(
                "targets", "Targets", List.of(List.of(Fact.of("target", "target", "shop"))))));
  }
}
