package io.pgproof.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.PersonIds;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.web.Browser;
import io.pgproof.web.ServedEngine;
import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The log-in at a real OpenID provider, over HTTP. */
@ExtendWith(OutputCaptureExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DirtiesContext
class OpenIdLogInTest extends ServedEngine {
  private static final String WHO = "/camunda/api/admin/auth/user/default";
  private static final String CLIENT = "pgproof";
  private static final String SECRET = "hush-of-the-client";
  private static final int PORT = freePort();
  private static final String ISSUER = "http://localhost:" + PORT + "/corp";

  private static MockOAuth2Server provider;

  @Autowired private EvidenceLog evidenceLog;
  @Autowired private AttemptLimit attempts;
  private Duration moved = Duration.ZERO;

  @DynamicPropertySource
  static void provider(DynamicPropertyRegistry registry) throws IOException {
    Path secret = Files.writeString(Files.createTempFile("pgproof", "secret"), SECRET + "\n");
    secret.toFile().deleteOnExit();
    registry.add("pgproof.oidc.issuer", () -> ISSUER);
    registry.add("pgproof.oidc.client-id", () -> CLIENT);
    registry.add("pgproof.oidc.client-secret-file", secret::toString);
    registry.add("pgproof.oidc.name", () -> "Example Corp");
    registry.add("pgproof.oidc.groups-claim", () -> "realm.roles");
    registry.add("pgproof.oidc.operators", () -> "dba,dba-oncall");
    registry.add("pgproof.oidc.administrators", () -> "dba-lead");
  }

  @AfterAll
  static void stopProvider() {
    if (provider != null) {
      provider.shutdown();
    }
  }

  @AfterEach
  void reset() {
    moveClock(moved.negated());
    for (int i = 0; i < LogInConfiguration.ATTEMPTS; i++) {
      attempts.takeBack("127.0.0.1");
    }
  }

  /** The program has not seen the provider yet, so this comes first. */
  @Test
  @Order(1)
  void whileTheProviderIsDownLocalUsersLogIn(CapturedOutput output) throws Exception {
    HttpResponse<String> refused = browser().page("/login/start/oidc");
    assertThat(refused.statusCode()).isEqualTo(502);
    assertThat(refused.body())
        .contains("role=\"alert\"", "Example Corp cannot be reached", "with a user name and")
        .contains("name=\"password\"");
    assertThat(output.getAll())
        .contains("a log-in at Example Corp failed", "Connection refused")
        .doesNotContain(SECRET, "\tat org.springframework.security");

    Browser lotte = as("lotte", Groups.OPERATORS);
    assertThat(lotte.page("/").statusCode()).isEqualTo(200);
    assertThat(recordedOf("lotte"))
        .containsExactly("logged in from 127.0.0.1 with password, in backup-operators");
  }

  @Test
  @Order(2)
  void oneLogInAtTheProviderIsValidForAllPages() throws Exception {
    Browser maria = browser();
    assertThat(maria.page("/login?to=/runs%3Fpage=2").body())
        .contains("href=\"/login/start/oidc?to=%2Fruns%3Fpage%3D2\"", "Log in with Example Corp");
    HttpResponse<String> entered =
        logIn(maria, "17", "/camunda/app/cockpit/default/#/x", claims("maria", "dba", "other"));
    assertThat(location(entered)).isEqualTo("/camunda/app/cockpit/default/#/x");

    String id = PersonIds.of(ISSUER, "17", "maria");
    assertThat(maria.page("/").statusCode()).isEqualTo(200);
    assertThat(maria.page("/camunda/app/cockpit/default/").statusCode()).isEqualTo(200);
    assertThat(maria.get(WHO).body())
        .contains("\"userId\":\"" + id + "\"", "tasklist", "cockpit")
        .doesNotContain("admin\"");
    assertThat(maria.ask("/task/count").statusCode()).isEqualTo(200);
    assertThat(maria.ask("/user/" + id.replace("@", "%40").replace(":", "%3A") + "/profile").body())
        .isEqualTo("{\"id\":\"" + id + "\",\"firstName\":\"Maria Lind\",\"lastName\":\"\"}");
    assertThat(maria.ask("/user/admin/profile").body()).doesNotContain("Maria");
    assertThat(recordedOf(id))
        .containsExactly(
            "logged in from 127.0.0.1 with OpenID Connect (issuer "
                + ISSUER
                + ", subject 17), in backup-operators");
    assertThat(evidenceLog.latestServer(1).get(0).body())
        .contains("\"name\":\"Maria Lind\"")
        .contains("\"provider\":{\"issuer\":\"" + ISSUER + "\",\"subject\":\"17\"}");

    assertThat(location(maria.sendForm("/logout", Map.of()))).isEqualTo("/login?out");
    assertThat(maria.get(WHO).statusCode()).isEqualTo(401);
  }

  @Test
  @Order(3)
  void somebodyInNoGroupIsRefusedAndRecorded() throws Exception {
    Browser eve = browser();
    HttpResponse<String> refused = logIn(eve, "66", "/", claims("eve", "sales"));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body())
        .contains("Example Corp knows you, but you are in no group", Groups.OPERATORS);
    assertThat(eve.get(WHO).statusCode()).isEqualTo(401);
    assertThat(location(eve.page("/"))).startsWith("/login");
    String id = PersonIds.of(ISSUER, "66", "eve");
    await()
        .untilAsserted(
            () ->
                assertThat(recordedOf(EvidenceLog.PGPROOF))
                    .contains(
                        "refused a log-in as "
                            + id
                            + " from 127.0.0.1: in no group that leads to one of pgproof"));
  }

  @Test
  @Order(4)
  void noNameAtTheProviderMakesSomebodyALocalUser() throws Exception {
    as("olga", Groups.OPERATORS, Groups.APPROVERS);
    Browser stranger = browser();
    logIn(stranger, "olga", "/", claims("olga", "dba"));
    String id = PersonIds.of(ISSUER, "olga", "olga");
    assertThat(stranger.get(WHO).body())
        .contains("\"userId\":\"" + id + "\"")
        .doesNotContain("\"userId\":\"olga\"");
    assertThat(recordedOf(id).get(0)).endsWith(", in " + Groups.OPERATORS);
    assertThat(new PersonIds(Map.of()).areSame(id, "olga")).isFalse();
  }

  @Test
  @Order(4)
  void aPersonOfTheProviderWorksOnATask() throws Exception {
    engine.getRuntimeService().startProcessInstanceByKey("verifyBackup");
    Task review =
        engine
            .getTaskService()
            .createTaskQuery()
            .taskCandidateGroup(Groups.OPERATORS)
            .singleResult();
    Browser maria = browser();
    logIn(maria, "17", "/", claims("maria", "dba"));
    String id = PersonIds.of(ISSUER, "17", "maria");
    assertThat(maria.ask("/task?maxResults=10").body()).contains(review.getId());
    assertThat(
            maria
                .tell("/task/" + review.getId() + "/claim", "{\"userId\": \"" + id + "\"}")
                .statusCode())
        .isEqualTo(204);
    assertThat(
            maria
                .tell("/task/" + review.getId() + "/submit-form", "{\"variables\": {}}")
                .statusCode())
        .isEqualTo(204);
    assertThat(
            engine.getHistoryService().createUserOperationLogQuery().taskId(review.getId()).list())
        .extracting("userId")
        .containsOnly(id);
  }

  @Test
  @Order(4)
  void theProvidersWordCountsForAnHour() throws Exception {
    Browser maria = browser();
    logIn(maria, "17", "/", claims("maria", "dba-lead"));
    pass(Duration.ofMinutes(59));
    assertThat(maria.page("/").statusCode()).isEqualTo(200);
    pass(Duration.ofMinutes(1));
    assertThat(location(maria.page("/"))).isEqualTo("/login?to=%2F");
    assertThat(new ServerHistory(evidenceLog).latest(1).get(0))
        .satisfies(
            line -> {
              assertThat(line.actor()).isEqualTo(PersonIds.of(ISSUER, "17", "maria"));
              assertThat(line.what()).contains("vouched for the person too long ago");
            });
  }

  @Test
  @Order(4)
  void aLogInThatNobodyBeganIsRefused() throws Exception {
    HttpResponse<String> refused = browser().page("/login/code/oidc?code=stolen&state=guessed");
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("begun in another browser. Try again.");
    assertThat(browser().page("/login/start/other").statusCode()).isEqualTo(502);
  }

  @Test
  @Order(4)
  void aTokenForAnotherProgramIsRefused(CapturedOutput output) throws Exception {
    Map<String, Object> claims = new HashMap<>(claims("maria", "dba"));
    claims.put("aud", "another");
    HttpResponse<String> refused = logIn(browser(), "17", "/", claims);
    assertThat(refused.statusCode()).isEqualTo(502);
    assertThat(output.getAll()).contains("invalid_id_token").doesNotContain(SECRET);
  }

  @Test
  @Order(4)
  void whatThePersonDeniesIsRefused() throws Exception {
    Browser maria = browser();
    String state =
        location(maria.page("/login/start/oidc")).replaceFirst(".*[?&]state=([^&]+).*", "$1");
    HttpResponse<String> refused =
        maria.page("/login/code/oidc?error=access_denied&state=" + state);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("Example Corp denied the log-in.");
  }

  @Test
  @Order(4)
  void logInsAtTheProviderAreLimitedToo() throws Exception {
    Browser eager = browser();
    int status = 0;
    for (int i = 0; i <= LogInConfiguration.ATTEMPTS; i++) {
      status = eager.page("/login/start/oidc").statusCode();
    }
    assertThat(status).isEqualTo(429);
  }

  private HttpResponse<String> logIn(
      Browser browser, String subject, String to, Map<String, Object> claims) throws Exception {
    provider()
        .enqueueCallback(
            new DefaultOAuth2TokenCallback("corp", subject, "JWT", List.of(CLIENT), claims, 60));
    return comeBack(browser, to);
  }

  /** Goes to the provider, which asks for nothing, and back. */
  private HttpResponse<String> comeBack(Browser browser, String to) throws Exception {
    provider();
    String there = location(browser.page("/login/start/oidc?to=" + to.replace("#", "%23")));
    assertThat(there)
        .startsWith(ISSUER + "/authorize?")
        .contains("response_type=code", "code_challenge_method=S256", "state=", "nonce=");
    String back =
        location(
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(URI.create(there)).build(),
                    HttpResponse.BodyHandlers.ofString()));
    assertThat(back).startsWith(address() + "/login/code/oidc?");
    return browser.page(back.substring(address().length()));
  }

  /** What was recorded of this person, newest first. */
  private List<String> recordedOf(String person) {
    return new ServerHistory(evidenceLog)
        .latest(1000).stream()
            .filter(line -> line.actor().equals(person))
            .map(ServerHistory.Line::what)
            .toList();
  }

  private static Map<String, Object> claims(String userName, String... groups) {
    return Map.of(
        "preferred_username",
        userName,
        "name",
        "Maria Lind",
        "realm",
        Map.of("roles", List.of(groups)));
  }

  private static synchronized MockOAuth2Server provider() {
    if (provider == null) {
      provider = new MockOAuth2Server();
      provider.start(PORT);
    }
    return provider;
  }

  private void pass(Duration time) {
    moved = moved.plus(time);
    moveClock(time);
  }

  private static String location(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
    return answer.headers().firstValue("Location").orElseThrow();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
