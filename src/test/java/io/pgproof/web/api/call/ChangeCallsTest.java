package io.pgproof.web.api.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproof.evidence.ControlResult;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.evidence.runs.RunFilter;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.target.Configuration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Plan;
import io.pgproof.target.Schedule;
import io.pgproof.target.Settings;
import io.pgproof.target.Target;
import io.pgproof.token.Scope;
import io.pgproof.workflow.decide.PeopleOnEngine;
import io.pgproof.workflow.model.Groups;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs are started and cancelled and tasks decided, by the rules that hold on the pages. */
class ChangeCallsTest {
  private static ServedCalls calls;
  private static PeopleOnEngine people;

  @BeforeAll
  static void serve() {
    calls = new ServedCalls();
    people = calls.people;
    calls.user("olga", Groups.OPERATORS);
    calls.user("olaf", Groups.OPERATORS);
    calls.user("arne", Groups.APPROVERS);
    calls.user("aude", Groups.AUDITORS);
    people.configuration.replace(
        new Configuration(
            Path.of("pgproof.yaml"),
            1,
            Notifications.NONE,
            Stream.of(
                    "started",
                    "keyed",
                    "other",
                    "twice",
                    "thrice",
                    "later",
                    "cancelled",
                    "awaited",
                    "eyes",
                    "controlled")
                .map(name -> new Target(name, Path.of("/backups", name), Settings.NONE, Plan.NONE))
                .toList()));
  }

  @AfterAll
  static void end() {
    calls.close();
  }

  private static String token(String user) {
    return calls.token(user, Scope.values());
  }

  @Test
  void aControlIsStartedOnceAndListed() throws Exception {
    String path = "/targets/controlled/controls";
    assertThat(calls.get(path, token("aude")).body().get("items")).isEmpty();
    assertThat(calls.post(path, calls.token("olga", Scope.READ), null).status()).isEqualTo(403);
    ServedCalls.Answer refused = calls.post(path, token("aude"), null);
    assertThat(refused.body().get("type").asText()).endsWith("group-missing");
    assertThat(calls.post("/targets/no-such/controls", token("olga"), null).status())
        .isEqualTo(404);
    assertThat(calls.get("/targets/no-such/controls", token("olga")).status()).isEqualTo(404);

    ServedCalls.Answer begun = calls.post(path, token("olga"), null);
    assertThat(begun.status()).isEqualTo(202);
    assertThat(begun.body().get("askedBy").asText()).isEqualTo("olga");
    assertThat(calls.post(path, token("olaf"), null).body()).isEqualTo(begun.body());

    RunId control = new RunId(begun.body().get("control").asText());
    ControlResult caught =
        new ControlResult(
            "page", "pages", ControlResult.Outcome.CAUGHT, List.of("pages"), null, "a byte", null);
    new Evidence.ControlJudged(caught).record(people.trail, control);
    assertThat(calls.get(path, token("aude")).body().at("/items/0/results/0/outcome").asText())
        .isEqualTo("caught");
    new Evidence.ControlEnded("controlled", "/backups/controlled", List.of(caught), null)
        .record(people.trail, control);
    JsonNode items = calls.get(path, token("aude")).body().get("items");
    assertThat(items).hasSize(1);
    assertThat(items.at("/0/endedAt").asText()).isNotEmpty();
    assertThat(items.at("/0/backup").asText()).isEqualTo("/backups/controlled");
  }

  private static ServedCalls.Answer start(String user, String target, Map<String, String> headers)
      throws Exception {
    return calls.send("POST", "/runs", token(user), headers, "{\"target\":\"" + target + "\"}");
  }

  private static ServedCalls.Answer start(String user, String target) throws Exception {
    return start(user, target, Map.of());
  }

  private static RunId started(ServedCalls.Answer answer) {
    assertThat(answer.status()).as(answer.http().body()).isEqualTo(202);
    return new RunId(answer.body().get("run").asText());
  }

  private static JsonNode refused(ServedCalls.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.http().body()).isEqualTo(status);
    assertThat(answer.body().get("type").asText()).isEqualTo("urn:pgproof:problem:" + type);
    assertThat(answer.body().get("hint").asText()).isNotBlank();
    return answer.body();
  }

  private static long runs(String target) {
    return new RunIndex(people.database)
        .list(RunFilter.ALL.withTarget(target), Optional.empty(), 100)
        .runs()
        .size();
  }

  @Test
  void aRunIsAskedForByTheTokensUser() throws Exception {
    ServedCalls.Answer answer = start("olga", "started");
    RunId run = started(answer);
    assertThat(answer.http().headers().firstValue("Location")).hasValue("/api/v1/runs/" + run);
    assertThat(answer.body().get("askedBy").asText()).isEqualTo("olga");
    assertThat(answer.body().get("verdict").isNull()).isTrue();
    assertThat(people.story(run)).first().asString().startsWith("olga: ");
    assertThat(calls.get("/runs/" + run, token("aude")).body().get("report").isNull()).isTrue();
    ServedCalls.Answer again = start("olaf", "started");
    assertThat(started(again)).as("one is under way").isEqualTo(run);
    assertThat(again.body().get("askedBy").asText()).isEqualTo("olga");
  }

  @Test
  void theSameKeyStartsOneRun() throws Exception {
    Map<String, String> key = Map.of("Idempotency-Key", "pipeline 4711");
    RunId run = started(start("olga", "keyed", key));
    calls.post("/runs/" + run + "/cancel", token("olga"), "");
    people.work();
    assertThat(started(start("olga", "keyed", key))).isEqualTo(run);
    refused(start("olga", "other", key), 409, "key-reused");
    assertThat(runs("other")).isZero();
    assertThat(started(start("olaf", "keyed", key)))
        .as("the key of another user")
        .isNotEqualTo(run);
    people.pass(RequestKeys.KEPT);
    assertThat(started(start("olga", "other", key))).as("the key is forgotten").isNotEqualTo(run);
  }

  @ParameterizedTest
  @CsvSource({"twice, at once", "thrice,"})
  void requestsSentAtOnceStartOneRun(String target, String key) throws Exception {
    Map<String, String> headers = key == null ? Map.of() : Map.of("Idempotency-Key", key);
    ExecutorService callers = Executors.newFixedThreadPool(6);
    List<Future<RunId>> answers = new ArrayList<>();
    for (int call = 0; call < 12; call++) {
      answers.add(callers.submit(() -> started(start("olga", target, headers))));
    }
    Set<RunId> started = new HashSet<>();
    for (Future<RunId> answer : answers) {
      started.add(answer.get());
    }
    callers.shutdown();
    assertThat(started).hasSize(1);
    assertThat(runs(target)).isOne();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      nullValues = "-",
      value = {
        "{\"target\": \"no-such\"} | - | 404 | not-found | there is no target 'no-such'",
        "{} | - | 400 | bad-request | the member target of the body is missing",
        "{\"target\": 5} | - | 400 | bad-request | the member target of the body",
        "{\"path\": \"/x\"} | - | 400 | bad-request | unknown member 'path'; allowed: [target]",
        "{\"target\": \"later\"} | 12345678901234567890123456789012345678901234567890123456789012345 | 400 | bad-request | Idempotency-Key is '",
        "{\"target\": \"later\"} | a\tb | 400 | bad-request | printable characters of ASCII",
      })
  void aWrongStartIsRefused(String body, String key, int status, String type, String said)
      throws Exception {
    ServedCalls.Answer answer =
        calls.send(
            "POST",
            "/runs",
            token("olga"),
            key == null ? Map.of() : Map.of("Idempotency-Key", key),
            body);
    assertThat(refused(answer, status, type).get("detail").asText()).contains(said);
    assertThat(runs("later")).isZero();
  }

  @Test
  void anAuditorStartsAndCancelsNothing() throws Exception {
    assertThat(refused(start("aude", "later"), 403, "group-missing").get("detail").asText())
        .startsWith("aude is in none of the groups");
    RunId run = started(start("olga", "other"));
    refused(calls.post("/runs/" + run + "/cancel", token("aude"), ""), 403, "group-missing");
    assertThat(people.entries(run, Evidence.Withdrawn.class)).isEmpty();
  }

  @Test
  void aCancelledRunEndsInconclusive() throws Exception {
    RunId run = started(start("olga", "cancelled"));
    String certificate = "/runs/" + run + "/certificate";
    assertThat(refused(calls.get(certificate, token("aude")), 409, "not-certified").toString())
        .contains("has no verdict yet, so there is nothing to certify");
    for (int time = 0; time < 2; time++) {
      ServedCalls.Answer answer = calls.post("/runs/" + run + "/cancel", token("olaf"), "");
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.body().get("run").asText()).isEqualTo(run.value());
    }
    assertThat(people.entries(run, Evidence.Withdrawn.class)).hasSize(1);
    people.work();
    JsonNode ended = calls.get("/runs/" + run + "?wait=30", token("olga")).body();
    assertThat(ended.get("verdict").asText()).isEqualTo("inconclusive");
    assertThat(ended.get("reason").asText()).isEqualTo("interrupted");
    assertThat(ended.get("message").asText()).contains("interrupted by olaf");
    assertThat(ended.get("report").get("verdict").asText()).isEqualTo("inconclusive");
    refused(calls.post("/runs/" + run + "/cancel", token("olga"), ""), 409, "already-ended");
    assertThat(refused(calls.get(certificate, token("aude")), 409, "not-certified").toString())
        .contains("is inconclusive, so there is nothing to certify", "verify the backup again");
    refused(calls.post("/runs/20990101-000000-aaaa/cancel", token("olga"), ""), 404, "not-found");
  }

  @Test
  void aCallWaitsForTheVerdict() throws Exception {
    RunId run = started(start("olga", "awaited"));
    String token = token("olga");
    assertThat(calls.get("/runs/" + run + "?wait=1", token).body().get("verdict").isNull())
        .isTrue();
    refused(calls.get("/runs/" + run + "?wait=61", token), 400, "bad-request");
    ExecutorService caller = Executors.newSingleThreadExecutor();
    Future<ServedCalls.Answer> answer =
        caller.submit(() -> calls.get("/runs/" + run + "?wait=60", token));
    calls.post("/runs/" + run + "/cancel", token, "");
    people.work();
    long worked = System.nanoTime();
    assertThat(answer.get().body().get("verdict").asText()).isEqualTo("inconclusive");
    assertThat(Duration.ofNanos(System.nanoTime() - worked)).isLessThan(Duration.ofSeconds(20));
    caller.shutdown();
  }

  @Test
  void fourEyesHoldForTheApi() throws Exception {
    endAll();
    RunId run = started(start("olga", "eyes"));
    people.end(run, PeopleOnEngine.MONDAY, Reason.TOO_OLD);
    JsonNode task = task(run);
    String path = "/tasks/" + task.get("task").asText() + "/decision";
    String accept =
        "{\"decision\":\"accept\",\"reason\":\"a drill\",\"until\":\"%s\"}"
            .formatted(people.now().plus(Duration.ofDays(3)).toString().substring(0, 10));

    JsonNode eyes = refused(calls.post(path, token("olga"), accept), 403, "four-eyes");
    assertThat(eyes.get("detail").asText())
        .isEqualTo("olga requested run " + run + ", so another person must accept it (four eyes)");
    assertThat(eyes.get("hint").asText()).isEqualTo("let another operator decide, or escalate");
    refused(calls.post(path, token("arne"), accept), 403, "group-missing");
    JsonNode answers =
        refused(
            calls.post(path, token("olaf"), "{\"decision\":\"accept\",\"reason\":\"a drill\"}"),
            400,
            "bad-request");
    assertThat(answers.get("detail").asText()).contains("needs an end");
    assertThat(answers.get("hint").asText()).contains("until (waivedUntil)");
    refused(calls.post(path, token("olaf"), "{\"reason\":\"a drill\"}"), 400, "bad-request");
    refused(calls.post(path, token("olaf"), "{\"waivedUntil\":\"x\"}"), 400, "bad-request");
    refused(calls.post(path, calls.token("olaf", Scope.READ), accept), 403, "scope-missing");
    assertThat(people.entries(run, Evidence.Decided.class)).isEmpty();

    ServedCalls.Answer accepted = calls.post(path, token("olaf"), accept);
    assertThat(accepted.status()).as(accepted.http().body()).isEqualTo(204);
    assertThat(accepted.http().body()).isEmpty();
    assertThat(people.story(run)).anyMatch(line -> line.startsWith("olaf: accepted this backup"));
    refused(calls.post(path, token("olaf"), accept), 409, "not-open");
    refused(calls.post("/tasks/no-task/decision", token("olaf"), accept), 404, "not-found");
  }

  /** What {@link PeopleOnEngine#end} needs. */
  private static void endAll() throws Exception {
    for (var run :
        new RunIndex(people.database).list(RunFilter.ALL, Optional.empty(), 100).runs()) {
      if (run.outcome().isEmpty()) {
        calls.post("/runs/" + run.run() + "/cancel", token("olga"), "");
      }
    }
    people.work();
  }

  private static JsonNode task(RunId run) throws Exception {
    for (JsonNode task : calls.get("/tasks", token("aude")).body().get("items")) {
      if (run.value().equals(task.path("run").asText())) {
        return task;
      }
    }
    throw new AssertionError("run " + run + " has no open task");
  }

  @Test
  void anAuditorSignsTheResultsOfAPeriod() throws Exception {
    endAll();
    Configuration before = people.configuration.get();
    people.configuration.replace(
        new Configuration(
            before.file(),
            before.containersAtOnce(),
            Optional.empty(),
            Optional.of(new Schedule("0 6 * * *", ZoneOffset.UTC)),
            before.telling(),
            before.targets()));
    people.reviews.plan();
    people.wait(Duration.ofDays(2));
    JsonNode review = null;
    for (JsonNode task : calls.get("/tasks", token("aude")).body().get("items")) {
      if (!task.get("period").isNull()) {
        review = task;
      }
    }
    people.configuration.replace(before);
    people.reviews.plan();
    assertThat(review).isNotNull();
    assertThat(review.get("name").asText()).isEqualTo("Review results");
    assertThat(review.get("run").isNull()).isTrue();
    assertThat(review.get("group").asText()).isEqualTo(Groups.AUDITORS);
    assertThat(review.get("decisions"))
        .extracting(JsonNode::asText)
        .containsExactly("sign", "askForAction");
    String path = "/tasks/" + review.get("task").asText() + "/decision";
    String sign = "{\"decision\":\"sign\",\"reason\":\"seen\"}";
    refused(calls.post(path, token("olga"), sign), 403, "group-missing");
    refused(calls.post(path, token("arne"), sign), 403, "group-missing");
    refused(calls.post(path, token("aude"), "{\"decision\":\"askForAction\"}"), 400, "bad-request");
    assertThat(calls.post(path, token("aude"), sign).status()).isEqualTo(204);
    refused(calls.post(path, token("aude"), sign), 409, "not-open");
    assertThat(new ServerHistory(people.trail).latest(10))
        .extracting(
            ServerHistory.Line::actor,
            line -> line.what().replaceAll("2026[-0-9]*( to 2026[-0-9]*)?", "DAYS"))
        .contains(tuple("aude", "signed the results of DAYS: seen"));
  }

  @Test
  void aTokenThatExpiresBetweenTwoCallsIsRefused() throws Exception {
    String token = calls.token("olga", Scope.VERIFY);
    assertThat(calls.post("/runs", token, "{\"target\":\"started\"}").status()).isEqualTo(202);
    people.pass(Duration.ofDays(1));
    refused(calls.post("/runs", token, "{\"target\":\"started\"}"), 401, "token-refused");
  }
}
