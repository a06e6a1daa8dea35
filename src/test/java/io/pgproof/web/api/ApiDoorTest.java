package io.pgproof.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.token.Scope;
import io.pgproof.token.Token;
import io.pgproof.token.TokenRequest;
import io.pgproof.token.Tokens;
import io.pgproof.web.Browser;
import io.pgproof.web.ServedEngine;
import io.pgproof.web.login.LoggedIn;
import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.User;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Profile;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Who may call the API, and what is answered to everybody else, over HTTP. */
@ExtendWith(OutputCaptureExtension.class)
@ActiveProfiles("calls-of-a-test")
class ApiDoorTest extends ServedEngine {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WHO = "/api/v1/test/who";

  private final HttpClient client = HttpClient.newHttpClient();
  private Duration moved = Duration.ZERO;

  @Autowired private Tokens tokens;

  /** Calls that need each scope, and one that somebody forgot to give one. */
  @RestController
  @Profile("calls-of-a-test")
  static class Calls {
    record Who(String user, List<String> groups) {}

    record Body(int number, String text) {}

    @GetMapping(WHO)
    @RequiresScope(Scope.READ)
    Who who() {
      return LoggedIn.person()
          .map(person -> new Who(person.id(), List.copyOf(person.groups())))
          .orElseThrow();
    }

    @GetMapping("/api/v1/test/number")
    @RequiresScope(Scope.READ)
    int number(@RequestParam("number") int number) {
      return number;
    }

    @PostMapping("/api/v1/test/body")
    @RequiresScope(Scope.VERIFY)
    Body body(@RequestBody Body body) {
      return body;
    }

    @PostMapping("/api/v1/test/decide")
    @RequiresScope(Scope.DECIDE)
    void decide() {}

    @GetMapping("/api/v1/test/forgotten")
    String forgotten() {
      return "must not be seen";
    }

    @GetMapping("/api/v1/test/fails")
    @RequiresScope(Scope.READ)
    String fails() {
      throw new IllegalStateException("the secret plan");
    }
  }

  @AfterEach
  void resetClock() {
    moveClock(moved.negated());
  }

  private void pass(Duration time) {
    moved = moved.plus(time);
    moveClock(time);
  }

  private String token(String user, Scope... scopes) {
    return created(user, scopes).secret().reveal();
  }

  private Tokens.Created created(String user, Scope... scopes) {
    return tokens.create(
        new TokenRequest(user, "test", new TreeSet<>(List.of(scopes)), Duration.ofHours(1)), user);
  }

  private void user(String id, String... groups) {
    IdentityService identities = engine.getIdentityService();
    User user = identities.newUser(id);
    user.setPassword(PASSWORD);
    identities.saveUser(user);
    List.of(groups).forEach(group -> identities.createMembership(id, group));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address() + path)).timeout(Duration.ofSeconds(30));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String token) throws Exception {
    return send(request(path).header("Authorization", "Bearer " + token));
  }

  private static JsonNode assertProblem(HttpResponse<String> answer, ProblemType type)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(type.status().value());
    JsonNode problem = assertProblem(answer);
    assertThat(problem.get("type").asText()).isEqualTo(type.uri().toString());
    assertThat(problem.get("title").asText()).isEqualTo(type.title());
    return problem;
  }

  private static JsonNode assertProblem(HttpResponse<String> answer) throws IOException {
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("status").asInt()).isEqualTo(answer.statusCode());
    assertThat(problem.get("detail").asText()).isNotBlank();
    assertThat(problem.get("hint").asText()).isNotBlank();
    return problem;
  }

  @Test
  void aTokenActsInTheNameOfItsUser() throws Exception {
    user("olga", Groups.OPERATORS);
    HttpResponse<String> answer = get(WHO, token("olga", Scope.READ));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"user\":\"olga\",\"groups\":[\"backup-operators\"]}");
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
    assertThat(answer.headers().firstValue("Content-Security-Policy"))
        .hasValue("default-src 'none'; frame-ancestors 'none'");
  }

  @Test
  void aCallWithoutATokenIsRefused() throws Exception {
    HttpResponse<String> answer = send(request(WHO));
    assertProblem(answer, ProblemType.TOKEN_MISSING);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .hasValue("Bearer realm=\"pgproof\"");
  }

  @Test
  void aLogInOfThePagesIsNotValidForTheApi() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    String session = olga.session().orElseThrow();
    assertProblem(olga.get(WHO), ProblemType.TOKEN_MISSING);
    assertProblem(olga.post("/api/v1/test/body", "{}"), ProblemType.TOKEN_MISSING);
    assertThat(olga.session()).hasValue(session);
    assertThat(olga.page("/").statusCode()).as("the session is as before").isEqualTo(200);
    assertThat(olga.get("/camunda/api/admin/auth/user/default").statusCode()).isEqualTo(200);
  }

  @Test
  void theTokenCountsAndNotTheCookieBesideIt() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    user("arne", Groups.APPROVERS);
    HttpResponse<String> answer =
        send(
            request(WHO)
                .header("Cookie", "JSESSIONID=" + olga.session().orElseThrow())
                .header("Authorization", "Bearer " + token("arne", Scope.READ)));
    assertThat(answer.body()).contains("\"user\":\"arne\"");
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(olga.get("/camunda/api/admin/auth/user/default").body()).contains("\"olga\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/login/../camunda/app/cockpit/default/",
        "/camunda/app/cockpit/default/",
        "/camunda/api/engine/engine/default/user",
        "/camunda/api/admin/auth/user/default"
      })
  void aTokenOpensNoPage(String path) throws Exception {
    user("ada", "camunda-admin");
    HttpResponse<String> answer = get(path, token("ada", Scope.values()));
    assertThat(answer.statusCode()).isIn(302, 400, 401);
    assertThat(answer.body()).doesNotContain("\"ada\"");
    HttpResponse<String> page =
        send(
            request(path)
                .header("Accept", "text/html")
                .header("Authorization", "Bearer " + token("ada", Scope.values())));
    assertThat(page.statusCode()).isIn(302, 400, 401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Basic TOKEN",
        "TOKEN",
        "Bearer TOKEN TOKEN",
        "Bearer TOKEN, Bearer TOKEN",
        "Bearer \"TOKEN\"",
        "Bearer TOKENx",
        "Bearer pgproof_",
        "Bearer pgproof_0123456789abcdefghijABCDEFGHIJklmnopqrst1zpKRU",
        "Bearer pgproof_0123456789abcdefghijABCDEFGHIJklmnopqrst1zpKRV"
      })
  void anyOtherHeaderIsRefused(String header) throws Exception {
    user("olga", Groups.OPERATORS);
    String value = header.replace("TOKEN", token("olga", Scope.READ));
    HttpResponse<String> answer = send(request(WHO).header("Authorization", value));
    JsonNode problem = assertProblem(answer, ProblemType.TOKEN_REFUSED);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .hasValue("Bearer realm=\"pgproof\", error=\"invalid_token\"");
    assertThat(problem.toString()).doesNotContain("0123456789");
  }

  @Test
  void theSchemeIsCaseInsensitiveAndOneHeaderIsEnough() throws Exception {
    user("olga", Groups.OPERATORS);
    String token = token("olga", Scope.READ);
    assertThat(send(request(WHO).header("Authorization", "bearer  " + token)).statusCode())
        .isEqualTo(200);
    assertProblem(
        send(
            request(WHO)
                .header("Authorization", "Bearer " + token)
                .header("Authorization", "Bearer " + token)),
        ProblemType.TOKEN_REFUSED);
  }

  @Test
  void aTokenInTheAddressDoesNotCount() throws Exception {
    user("olga", Groups.OPERATORS);
    String token = token("olga", Scope.READ);
    assertProblem(send(request(WHO + "?access_token=" + token)), ProblemType.TOKEN_MISSING);
  }

  @Test
  void aTokenExpires(CapturedOutput output) throws Exception {
    user("olga", Groups.OPERATORS);
    Tokens.Created created = created("olga", Scope.READ);
    pass(Duration.ofMinutes(59));
    assertThat(get(WHO, created.secret().reveal()).statusCode()).isEqualTo(200);
    pass(Duration.ofMinutes(1));
    JsonNode problem =
        assertProblem(get(WHO, created.secret().reveal()), ProblemType.TOKEN_REFUSED);
    assertThat(problem.get("detail").asText())
        .isEqualTo(
            "the token " + created.token().id() + " expired at " + created.token().expiresAt());
    assertThat(output)
        .contains("refused a call from 127.0.0.1: the token " + created.token().id() + " expired")
        .doesNotContain(created.secret().reveal());
  }

  @Test
  void aRevokedTokenIsRefusedAtOnce() throws Exception {
    user("olga", Groups.OPERATORS);
    Tokens.Created created = created("olga", Scope.READ);
    assertThat(get(WHO, created.secret().reveal()).statusCode()).isEqualTo(200);
    tokens.revoke(created.token().id(), "ada");
    assertThat(
            assertProblem(get(WHO, created.secret().reveal()), ProblemType.TOKEN_REFUSED)
                .get("detail")
                .asText())
        .isEqualTo("the token " + created.token().id() + " was revoked");
  }

  @Test
  void aUserWhoLosesAGroupLosesItAtOnce() throws Exception {
    user("olga", Groups.OPERATORS, Groups.APPROVERS);
    String token = token("olga", Scope.READ);
    assertThat(get(WHO, token).body()).contains(Groups.APPROVERS);
    engine.getIdentityService().deleteMembership("olga", Groups.APPROVERS);
    assertThat(get(WHO, token).body()).doesNotContain(Groups.APPROVERS);
    engine.getIdentityService().deleteMembership("olga", Groups.OPERATORS);
    assertThat(assertProblem(get(WHO, token), ProblemType.GROUP_MISSING).get("detail").asText())
        .startsWith("olga is in none of the groups [backup-operators");
  }

  @Test
  void theTokenOfADeletedUserIsRefusedAtOnce() throws Exception {
    user("olga", Groups.OPERATORS);
    String token = token("olga", Scope.READ);
    engine.getIdentityService().deleteUser("olga");
    assertThat(assertProblem(get(WHO, token), ProblemType.TOKEN_REFUSED).get("detail").asText())
        .endsWith("belongs to olga, who is no user any more");
  }

  @Test
  void theLastUseIsRecorded() throws Exception {
    user("olga", Groups.OPERATORS);
    Tokens.Created created = created("olga", Scope.READ);
    get("/api/v1/unknown", created.secret().reveal());
    assertThat(tokens.find(created.token().id()).orElseThrow().lastUse())
        .map(Token.Use::from)
        .hasValue("127.0.0.1");
  }

  @ParameterizedTest
  @EnumSource(Scope.class)
  void aTokenMayDoOnlyWhatItsScopesSay(Scope scope) throws Exception {
    user("olga", Groups.all().toArray(String[]::new));
    String token = token("olga", scope);
    Map<Scope, HttpResponse<String>> answers =
        Map.of(
            Scope.READ,
            get(WHO, token),
            Scope.VERIFY,
            post("/api/v1/test/body", token, "application/json", "{\"number\":1,\"text\":\"x\"}"),
            Scope.DECIDE,
            post("/api/v1/test/decide", token, "application/json", ""));
    for (Scope needed : Scope.values()) {
      HttpResponse<String> answer = answers.get(needed);
      if (needed == scope) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      } else {
        assertProblem(answer, ProblemType.SCOPE_MISSING);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
            .endsWith("error=\"insufficient_scope\", scope=\"" + needed.word() + "\"");
      }
    }
  }

  private HttpResponse<String> post(String path, String token, String type, String body)
      throws Exception {
    return send(
        request(path)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void aTokenThatIsUsedTooOftenMustWait() throws Exception {
    user("olga", Groups.OPERATORS);
    String token = token("olga", Scope.READ);
    HttpResponse<String> answer = get(WHO, token);
    for (int call = 1; answer.statusCode() == 200 && call < 3 * ApiSecurity.CALLS; call++) {
      answer = get(WHO, token);
    }
    assertProblem(answer, ProblemType.TOO_MANY_REQUESTS);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(get(WHO, token("olga", Scope.READ)).statusCode())
        .as("each token has its own limit")
        .isEqualTo(200);
  }

  @Test
  void aCallThatNamesNoScopeIsDenied() throws Exception {
    user("ada", "camunda-admin");
    HttpResponse<String> answer = get("/api/v1/test/forgotten", token("ada", Scope.values()));
    assertProblem(answer, ProblemType.INTERNAL);
    assertThat(answer.body()).doesNotContain("must not be seen");
  }

  @Test
  void aFailureIsLoggedAndNotShown(CapturedOutput output) throws Exception {
    user("olga", Groups.OPERATORS);
    HttpResponse<String> answer = get("/api/v1/test/fails", token("olga", Scope.READ));
    assertProblem(answer, ProblemType.INTERNAL);
    assertThat(answer.body()).doesNotContain("secret plan", "Exception");
    assertThat(output).contains("GET /api/v1/test/fails failed", "the secret plan");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "application/json | {\"number\": 1, \"text\": \"x\", \"more\": 2} | unknown member 'more'; allowed: [number, text]",
        "application/json | {\"number\": \"1\", \"text\": \"x\"} | the member number of the body",
        "application/json | {\"number\": 1.5, \"text\": \"x\"} | the member number of the body",
        "application/json | {\"number\": 1, \"text\": 5} | the member text of the body",
        "application/json | {\"number\": 1, | the body is not JSON",
        "application/json | {\"number\": 1, \"text\": \"x\"} {} | the body",
        "application/json | [] | not a JSON object",
        "application/json | | the body is missing",
      })
  void aWrongBodyIsNamed(String type, String body, String said) throws Exception {
    user("olga", Groups.OPERATORS);
    HttpResponse<String> answer =
        post("/api/v1/test/body", token("olga", Scope.VERIFY), type, body == null ? "" : body);
    assertThat(assertProblem(answer, ProblemType.BAD_REQUEST).get("detail").asText())
        .contains(said)
        .doesNotContain("java", "io.pgproof");
  }

  @Test
  void aParameterOfTheWrongTypeIsNamed() throws Exception {
    user("olga", Groups.OPERATORS);
    String token = token("olga", Scope.READ);
    assertThat(
            assertProblem(get("/api/v1/test/number?number=many", token), ProblemType.BAD_REQUEST)
                .get("detail")
                .asText())
        .isEqualTo("number is 'many'");
    assertThat(get("/api/v1/test/number", token).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/unknown, 404",
    "GET, /api/, 404",
    "GET, /api/v2/runs, 404",
    "DELETE, /api/v1/test/who, 405",
    "POST, /api/v1/openapi.yaml, 405",
    "POST, /api/v1/test/body, 415"
  })
  void everyOtherErrorIsAProblemToo(String method, String path, int status) throws Exception {
    user("olga", Groups.OPERATORS);
    HttpResponse<String> answer =
        send(
            request(path)
                .header("Authorization", "Bearer " + token("olga", Scope.values()))
                .header("Content-Type", "text/plain")
                .method(method, BodyPublishers.ofString("")));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertProblem(answer);
    if (status == 405) {
      assertThat(answer.headers().firstValue("Allow")).isPresent();
    }
  }

  @Test
  void theContractIsServedToATokenAndToALogIn() throws Exception {
    String contract;
    try (InputStream in = getClass().getResourceAsStream("/api/openapi.yaml")) {
      contract = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Browser olga = as("olga", Groups.OPERATORS);
    for (HttpResponse<String> answer :
        List.of(
            get(ApiPaths.OPEN_API, token("olga", Scope.DECIDE)),
            olga.page(ApiPaths.OPEN_API),
            olga.get(ApiPaths.OPEN_API))) {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type"))
          .hasValue("application/yaml;charset=UTF-8");
      assertThat(answer.body()).isEqualTo(contract);
    }
    assertProblem(send(request(ApiPaths.OPEN_API)), ProblemType.TOKEN_MISSING);
    HttpResponse<String> stranger = browser().page(ApiPaths.OPEN_API);
    assertThat(stranger.statusCode()).isEqualTo(302);
    assertThat(stranger.headers().firstValue("Location").orElseThrow()).startsWith("/login?to=");
  }
}
