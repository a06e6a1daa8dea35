package io.pgproof.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

/** Which paths answer, to whom, and what the answers carry. */
@ExtendWith(OutputCaptureExtension.class)
class HttpAccessTest extends ServedEngine {
  private static final Pattern NONCE = Pattern.compile("'nonce-([^']+)'");

  @Autowired private Environment environment;

  @Test
  void theServerListensOnLoopbackByDefault() {
    assertThat(environment.getProperty("server.address")).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/unknown",
        "/runs?target=shop&page=2",
        "/error",
        "/camunda",
        "/camunda/app/",
        "/camunda/app/welcome/default/",
        "/camunda/app/cockpit/default/",
        "/camunda/app/welcome/locales/en.json",
        "/camunda/unknown"
      })
  void aPageWithoutALogInLeadsToTheLogIn(String path) throws Exception {
    HttpResponse<String> answer = browser().page(path);
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location"))
        .hasValue("/login?to=" + URLEncoder.encode(path, StandardCharsets.UTF_8));
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
  }

  /** Asked for all at once, because Camunda's own place for the nonce is one for all requests. */
  @Test
  void eachPageHasTheNonceOfItsHeader() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(IntStream.range(0, 200).parallel().mapToObj(i -> pageOf(olga)).toList())
        .allSatisfy(
            page -> {
              Matcher nonce =
                  NONCE.matcher(page.headers().firstValue("Content-Security-Policy").orElseThrow());
              assertThat(nonce.find()).isTrue();
              assertThat(page.body()).contains("nonce=\"" + nonce.group(1) + "\"");
            });
  }

  private static HttpResponse<String> pageOf(Browser person) {
    try {
      return person.get("/camunda/app/welcome/default/");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/engine-rest/process-definition",
        "/engine-rest",
        "/rest/process-definition",
        "/actuator",
        "/actuator/env",
        "/h2-console",
        "/webjars/camunda/pgproof-access-rules.json",
        "/META-INF/MANIFEST.MF",
        "/application-serve.yaml"
      })
  void nothingElseIsServed(String path) throws Exception {
    assertThat(browser().get(path).statusCode()).isIn(302, 404);
    assertThat(browser().post(path, "{}").statusCode()).isIn(401, 403, 404);
    assertThat(as("ada", "camunda-admin").get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/unknown",
        "/camunda/unknown",
        "/camunda//app",
        "/camunda/api/unknown",
        "/camunda/api/admin/setup/default/user/create"
      })
  void anUnknownPageIsAnsweredWithoutALogEntry(String path, CapturedOutput output)
      throws Exception {
    HttpResponse<String> answer = as("olga", Groups.OPERATORS).page(path);
    assertThat(answer.statusCode()).isIn(400, 401, 404);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(answer.body())
        .containsPattern("<h1>(This page cannot be shown|There is no such page)</h1>")
        .doesNotContain(path);
    assertThat(output.getAll()).doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/camunda/api/engine/engine/default/user",
        "/camunda/api/engine/engine/%64efault/user",
        "/camunda/api/engine/%65ngine/default/user",
        "/camunda/api/%65ngine/engine/default/user",
        "/camunda/%61pi/engine/engine/default/user",
        "/camunda/api;v=1/engine/engine/default/user",
        "/camunda/api/engine;v=1/engine/default/user",
        "/camunda;v=1/api/engine/engine/default/user",
        "/camunda/api//engine/engine/default/user",
        "/camunda//api/engine/engine/default/user",
        "/camunda/app/../api/engine/engine/default/user",
        "/camunda/api/cockpit/plugin/x/static/../../../../engine/engine/default/user",
        "/camunda/api/cockpit/plugin/base/default/process-definition/statistics",
        "/camunda/api/cockpit/plugin/base/static/../default/process-definition/statistics",
        "/camunda/api/cockpit/plugin/base/static/%2e%2e/default/process-definition/statistics",
        "/camunda/api/engine/process-definition",
        "/camunda/api/unknown"
      })
  void aRequestWithoutALogInIsRefused(String path) throws Exception {
    HttpResponse<String> answer = browser().get(path);
    assertThat(answer.statusCode()).as(answer.body()).isIn(400, 401);
  }

  @ParameterizedTest
  @CsvSource({
    "/login, text/html;charset=UTF-8",
    "/login/assets/log-in.css, text/css",
    "/login/assets/log-in.js, text/javascript",
    "/login/assets/icon.svg, image/svg+xml"
  })
  void theLogInPageGetsItsFiles(String path, String type) throws Exception {
    HttpResponse<String> answer = browser().get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/login/assets/../log-in.html",
        "/login/assets/%2e%2e/log-in.html",
        "/login/assets/..%2flog-in.html",
        "/login/assets/log-in.html",
        "/login/log-in.html"
      })
  void nothingElseOfTheLogInIsServed(String path) throws Exception {
    assertThat(browser().get(path).statusCode()).isIn(302, 400, 404);
  }

  @Test
  void ownPagesHaveSecurityHeaders() throws Exception {
    for (HttpResponse<String> answer :
        List.of(
            browser().get("/login"),
            browser().get("/runs"),
            as("olga", Groups.OPERATORS).page("/unknown"))) {
      assertThat(answer.headers().firstValue("Content-Security-Policy"))
          .hasValue(
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                  + "form-action 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'");
      assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
      assertThat(answer.headers().allValues("X-Frame-Options")).containsExactly("DENY");
      assertThat(answer.headers().allValues("Referrer-Policy")).containsExactly("same-origin");
      assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
      assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
    }
  }

  @Test
  void ordinaryPathsPassTheFilter() {
    assertThat(
            List.of(
                "/",
                "/camunda",
                "/camunda/app/cockpit/default/",
                "/camunda/app/cockpit/scripts/deps.js",
                "/camunda/api/engine/engine/default/process-definition/verifyBackup%3A1%3A7f/xml",
                "/camunda/api/engine/engine/default/user/anna.b%40example.org/profile"))
        .noneMatch(OddPathFilter::isOdd);
  }

  @Test
  void pagesHaveSecurityHeaders() throws Exception {
    HttpResponse<String> page = as("olga", Groups.OPERATORS).get("/camunda/app/cockpit/default/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("frame-ancestors 'none'", "default-src 'self'", "'nonce-", "object-src 'none'");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
    assertThat(page.headers().allValues("Set-Cookie"))
        .anySatisfy(
            cookie -> assertThat(cookie).startsWith("XSRF-TOKEN=").contains("SameSite=Strict"));
  }

  @Test
  void listsAreLimited() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    String versions = "/process-definition?key=verifyBackup&sortBy=version&sortOrder=desc";
    assertThat(olga.ask(versions).body()).contains("\"version\":1");
    assertThat(olga.ask("/process-definition").statusCode()).isEqualTo(200);
    assertThat(olga.ask(versions + "&maxResults=2001").statusCode()).isEqualTo(400);
    assertThat(olga.tell("/task", "{}").statusCode()).isEqualTo(200);
  }

  @Test
  void aModifyingRequestWithoutATokenIsRefused() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(
            olga.postWithoutToken("/camunda/api/engine/engine/default/task/count", "{}")
                .statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nowhere",
        "/camunda/app/nowhere",
        "/camunda/api/engine/engine/default/task?firstResult=x",
        "/error",
        "/%00",
        "/a;b"
      })
  void errorsShowNoInternals(String path) throws Exception {
    String body = as("olga", Groups.OPERATORS).get(path).body();
    assertThat(body).doesNotContain("\tat ", "at org.", ".java:", "Tomcat", "Exception:");
  }

  @Test
  void thereIsNoDemoUser() throws Exception {
    assertThat(browser().tryLogIn("demo", "demo").statusCode()).isEqualTo(401);
    assertThat(browser().tryLogIn("admin", "admin").statusCode()).isEqualTo(401);
    engine.getIdentityService().unlockUser("admin");
  }
}
