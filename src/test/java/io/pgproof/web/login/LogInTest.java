package io.pgproof.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.ServerEntry;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.web.Browser;
import io.pgproof.web.ServedEngine;
import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.camunda.bpm.engine.impl.persistence.entity.UserEntity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;

/** The one log-in, over HTTP. */
@ExtendWith(OutputCaptureExtension.class)
class LogInTest extends ServedEngine {
  private static final String WHO = "/camunda/api/admin/auth/user/default";
  private static final String CAMUNDA_LOG_IN = WHO + "/login/welcome";

  @Autowired private EvidenceLog evidenceLog;
  @Autowired private DataSource database;
  @Autowired private AttemptLimit attempts;
  private Duration moved = Duration.ZERO;

  @AfterEach
  void resetClock() {
    moveClock(moved.negated());
  }

  /** All tests log in from the same address. */
  @AfterEach
  void forgetAttempts() {
    for (int i = 0; i < LogInConfiguration.ATTEMPTS; i++) {
      attempts.takeBack("127.0.0.1");
    }
  }

  private void pass(Duration time) {
    moved = moved.plus(time);
    moveClock(time);
  }

  private static String location(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(302);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  private static void assertLoggedOut(Browser browser) throws Exception {
    assertThat(location(browser.page("/"))).isEqualTo("/login?to=%2F");
    assertThat(browser.get(WHO).statusCode()).isEqualTo(401);
  }

  @Test
  void oneLogInIsValidForOwnPagesAndForCamunda() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(olga.page("/").statusCode()).isEqualTo(200);
    assertThat(olga.page("/camunda/app/tasklist/default/").statusCode()).isEqualTo(200);
    assertThat(olga.get(WHO).body()).contains("\"userId\":\"olga\"", "tasklist", "cockpit");
    assertThat(olga.ask("/task/count").statusCode()).isEqualTo(200);
  }

  @Test
  void theLogInLeadsBackToTheAddressAskedFor() throws Exception {
    as("olga", Groups.OPERATORS);
    String asked = "/camunda/app/cockpit/default/?x=a%20b";
    Browser olga = browser();
    String logIn = location(olga.page(asked));
    assertThat(olga.page(logIn).body()).contains("name=\"to\" value=\"" + asked + "\"");
    String place = asked + "#/process-instance/1/runtime";
    assertThat(location(olga.tryLogIn("olga", PASSWORD, place))).isEqualTo(place);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"})
  void theLogInLeadsToNoOtherServer(String to) throws Exception {
    as("olga", Groups.OPERATORS);
    assertThat(location(browser().tryLogIn("olga", PASSWORD, to))).isEqualTo("/");
  }

  @Test
  void anAddressCannotBreakOutOfThePage() throws Exception {
    String page = browser().page("/login?to=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E").body();
    assertThat(page).contains("name=\"to\" value=\"").doesNotContain("<script>", "\"><");
  }

  @Test
  void aWrongPasswordIsCountedOnceAndDelaysTheNextTry() throws Exception {
    as("olga", Groups.OPERATORS);
    Browser stranger = browser();
    HttpResponse<String> refused = stranger.tryLogIn("olga", "guess", "/runs");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body())
        .contains("role=\"alert\"", "password is wrong", "name=\"to\" value=\"/runs\"")
        .doesNotContain("guess");
    assertThat(
            ((UserEntity)
                    engine.getIdentityService().createUserQuery().userId("olga").singleResult())
                .getAttempts())
        .isOne();
    assertThat(stranger.tryLogIn("olga", PASSWORD).statusCode())
        .as("the right password, at once")
        .isEqualTo(401);
    assertLoggedOut(stranger);
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "demo", "anonymousUser", "", " ", "olga'--", "a\r\nb", "\u0000"})
  void anUnknownUserIsRefusedLikeAWrongPassword(String user, CapturedOutput output)
      throws Exception {
    as("olga", Groups.OPERATORS);
    HttpResponse<String> refused = browser().tryLogIn(user, PASSWORD);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("password is wrong");
    assertThat(browser().tryLogIn("olga", "").statusCode()).isEqualTo(401);
    assertThat(output).doesNotContain("Using generated security password");
  }

  @Test
  void theLogNamesUsersAndNoMistypedPassword(CapturedOutput output) throws Exception {
    as("olga", Groups.OPERATORS);
    browser().tryLogIn("olga", "guess-1");
    browser().tryLogIn("Secret-in-the-wrong-field", "x");
    assertThat(output)
        .contains(
            "olga logged in from 127.0.0.1",
            "a log-in as olga from 127.0.0.1 was refused",
            "a log-in as an unknown user from 127.0.0.1 was refused")
        .doesNotContain("guess-1", "Secret-in-the-wrong-field", PASSWORD);
  }

  @Test
  void aFormWithoutATokenIsNotAccepted() throws Exception {
    as("olga", Groups.OPERATORS);
    Browser forged = browser();
    Map<String, String> form = Map.of("username", "olga", "password", PASSWORD);
    assertThat(location(forged.sendFormWithoutToken("/login", form))).isEqualTo("/login?again");
    assertLoggedOut(forged);
    assertThat(forged.page("/login?again").body()).contains("The page was too old. Try again.");
  }

  @Test
  void theSessionIsHiddenFromScriptsAndNewAfterTheLogIn() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    String first = olga.session().orElseThrow();
    assertThat(olga.tryLogIn("olga", PASSWORD).headers().allValues("Set-Cookie"))
        .anySatisfy(
            cookie ->
                assertThat(cookie)
                    .startsWith("JSESSIONID=")
                    .contains("HttpOnly", "Path=/")
                    .containsOnlyOnce("SameSite=Lax"));
    assertThat(olga.session().orElseThrow()).isNotEqualTo(first);
    Browser thief = browser();
    thief.useSession(first);
    assertLoggedOut(thief);
  }

  @Test
  void anotherPersonsLogInInTheSameBrowserTakesOver() throws Exception {
    Browser browser = as("ada", "camunda-admin");
    assertThat(browser.get(WHO).body()).contains("\"userId\":\"ada\"");
    as("olga", Groups.OPERATORS);
    browser.logIn("olga", PASSWORD);
    assertThat(browser.get(WHO).body()).contains("\"userId\":\"olga\"").doesNotContain("\"admin\"");
    assertThat(browser.ask("/task/count").statusCode()).isEqualTo(200);
  }

  @Test
  void theLogOutEndsTheSession(CapturedOutput output) throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    String session = olga.session().orElseThrow();
    assertThat(olga.get("/logout").statusCode()).isEqualTo(404);
    assertThat(olga.sendFormWithoutToken("/logout", Map.of()).statusCode()).isEqualTo(403);
    assertThat(olga.get(WHO).statusCode()).isEqualTo(200);

    assertThat(location(olga.sendForm("/logout", Map.of()))).isEqualTo("/login?out");

    assertThat(olga.page("/login?out").body()).contains("You are logged out.");
    olga.useSession(session);
    assertLoggedOut(olga);
    assertThat(output).contains("olga logged out");
  }

  @Test
  void camundasLogOutEndsTheSession(CapturedOutput output) throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    String session = olga.session().orElseThrow();
    assertThat(olga.post(WHO + "/logout", "").statusCode()).isEqualTo(200);
    olga.useSession(session);
    assertLoggedOut(olga);
    assertThat(output).contains("olga logged out");
  }

  @Test
  void aForgedLogOutOfCamundaIsRefused() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(olga.postWithoutToken(WHO + "/logout", "").statusCode()).isEqualTo(403);
  }

  @Test
  void camundasOwnLogInIsClosed() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    for (String path :
        new String[] {
          CAMUNDA_LOG_IN, CAMUNDA_LOG_IN.replace("login", "l%6fgin"), CAMUNDA_LOG_IN + "/"
        }) {
      Map<String, String> form = Map.of("username", "olga", "password", PASSWORD);
      assertThat(browser().sendFormWithoutToken(path, form).statusCode()).isEqualTo(401);
      assertThat(olga.post(path, "").statusCode()).isIn(401, 403, 404);
    }
  }

  @Test
  void revokedRightsEndWithinAMinute() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(olga.page("/camunda/app/tasklist/default/").statusCode()).isEqualTo(200);
    engine.getIdentityService().deleteMembership("olga", Groups.OPERATORS);
    pass(Duration.ofSeconds(31));
    assertThat(olga.page("/camunda/app/tasklist/default/").statusCode()).isEqualTo(403);
    assertThat(olga.get(WHO).body()).doesNotContain("tasklist", "cockpit");
    assertThat(olga.page("/").statusCode()).isEqualTo(403);
  }

  @Test
  void revokedRightsEndThoughTheClockIsSetBack() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    engine.getIdentityService().deleteMembership("olga", Groups.OPERATORS);
    pass(Duration.ofHours(-1));
    assertThat(olga.page("/camunda/app/tasklist/default/").statusCode()).isEqualTo(403);
  }

  @Test
  void theSessionOfADeletedUserEndsWithinAMinute(CapturedOutput output) throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    engine.getIdentityService().deleteUser("olga");
    pass(Duration.ofSeconds(31));
    assertLoggedOut(olga);
    assertThat(output).contains("the session of olga ends because the user has been deleted");
  }

  @Test
  void anAddressThatTriesTooOftenMustWait() throws Exception {
    as("olga", Groups.OPERATORS);
    for (int i = 0; i < 20; i++) {
      assertThat(attempt("127.0.0.9", "nobody", "guess")).startsWith("HTTP/1.1 401");
    }
    assertThat(attempt("127.0.0.9", "olga", PASSWORD))
        .startsWith("HTTP/1.1 429")
        .containsPattern("Retry-After: [1-4]\r\n")
        .contains("Too many attempts from your address. Wait ");
    assertThat(attempt("127.0.0.10", "olga", PASSWORD)).startsWith("HTTP/1.1 302");
  }

  /** What was recorded of this person, newest first. */
  private List<String> recordedOf(String person) {
    return new ServerHistory(evidenceLog)
        .latest(1000).stream()
            .filter(line -> line.actor().equals(person))
            .map(ServerHistory.Line::what)
            .toList();
  }

  private void awaitRecorded(String actor, String... texts) {
    await().untilAsserted(() -> assertThat(recordedOf(actor)).contains(texts));
  }

  @Test
  void logInsAndLogOutsAreEvidence() throws Exception {
    Browser vera = as("vera", Groups.OPERATORS, Groups.AUDITORS);
    vera.sendForm("/logout", Map.of());
    vera.logIn("vera", PASSWORD);
    vera.post(WHO + "/logout", "");
    String in = "logged in from 127.0.0.1 with password, in backup-auditors, backup-operators";
    String out = "session ended: the person logged out";
    assertThat(recordedOf("vera")).containsExactly(out, in, out, in);
  }

  @Test
  void refusedLogInsAreEvidenceWithoutMistypedPasswords() throws Exception {
    as("veit", Groups.OPERATORS);
    attempt("127.0.0.20", "veit", "guess");
    attempt("127.0.0.20", "Secret-in-the-wrong-field", "x");
    awaitRecorded(
        EvidenceLog.PGPROOF,
        "refused a log-in as veit from 127.0.0.20: wrong password, or too soon after one",
        "refused a log-in from 127.0.0.20: unknown user");
    assertThat(
            evidenceLog.latestServer(1000).stream()
                .map(ServerEntry::body)
                .filter(body -> body.contains("Secret-in") || body.contains("guess")))
        .isEmpty();
  }

  @Test
  void refusedRequestsAreEvidence() throws Exception {
    Browser vito = as("vito", Groups.AUDITORS);
    assertThat(vito.page("/camunda/app/admin/default/?secret=1").statusCode()).isEqualTo(403);
    vito.tell("/user/create", "{\"profile\": {\"id\": \"x\"}, \"credentials\": {}}");
    vito.tell("/process-definition/key/verifyBackup/start", "{}");
    awaitRecorded(
        "vito",
        "was refused GET /camunda/app/admin/default/: no right to it (403)",
        "was refused POST /camunda/api/engine/engine/default/user/create: no right to it (403)",
        "was refused the engine's command StartProcessInstanceCmd: pgproof does not allow anyone to do"
            + " this by hand (StartProcessInstanceCmd): a run follows its own process, and a task ends"
            + " with a decision");
  }

  @Test
  void nobodyEntersUnrecorded() throws Exception {
    as("vasco", Groups.OPERATORS);
    JdbcTemplate administrator = new JdbcTemplate(database);
    administrator.execute("alter table pgproof_evidence rename to away");
    Browser again = browser();
    try {
      assertThat(again.tryLogIn("vasco", PASSWORD).statusCode()).isEqualTo(500);
    } finally {
      administrator.execute("alter table away rename to pgproof_evidence");
    }
    assertLoggedOut(again);
  }

  /** Logs in from another address of this machine, which Java's own client cannot. */
  private String attempt(String from, String user, String password) throws IOException {
    String page = request(from, "GET /login HTTP/1.1\r\n", "");
    String form =
        "username="
            + user
            + "&password="
            + password
            + "&_csrf="
            + first(page, "_csrf\" value=\"([^\"]+)");
    return request(
        from,
        "POST /login HTTP/1.1\r\nCookie: PGPROOF-CSRF="
            + first(page, "PGPROOF-CSRF=([^;]+)")
            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
            + form.length()
            + "\r\n",
        form);
  }

  private static String first(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern + " in " + text).isTrue();
    return found.group(1);
  }

  private String request(String from, String head, String body) throws IOException {
    int port = URI.create(address()).getPort();
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getAllByName(from)[0], 0)) {
      socket
          .getOutputStream()
          .write(
              (head + "Host: 127.0.0.1\r\nConnection: close\r\n\r\n" + body)
                  .getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      try (Reader reader = new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)) {
        char[] buffer = new char[8192];
        for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
          answer.append(buffer, 0, read);
        }
      }
      return answer.toString();
    }
  }
}
