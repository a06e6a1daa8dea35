package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.Trees;
import io.pgproof.control.ControlClient;
import io.pgproof.control.Reply;
import io.pgproof.control.Request;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.proof.Finding;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import io.pgproof.web.Browser;
import io.pgproof.workflow.attempt.WholeEvidence;
import io.pgproof.workflow.model.Groups;
import io.pgproof.workflow.model.VerifyBackup;
import io.pgproof.workflow.model.VerifyBackup.Decision;
import io.pgproof.workflow.model.VerifyBackup.Step;
import io.pgproof.workflow.model.VerifyBackup.Task;
import io.pgproof.workflow.model.VerifyBackup.Variable;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.identity.User;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What Tasklist may do with a task, asked over HTTP of the served program as a person who is logged
 * in.
 */
@Tag("root")
class FourEyesServedTest {
  private static final String REFUSED = "pgproof does not allow anyone to do this by hand";
  private static final String PASSWORD = "Restore-2-prove";
  private static StateDirectory state;
  private static Daemon daemon;

  @BeforeAll
  static void serve() throws Exception {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    System.setProperty("server.port", "0");
    System.setProperty("management.server.port", "0");
    try {
      daemon = Daemon.start(Ownership.acquire(state).orElseThrow(), true);
    } finally {
      System.clearProperty("server.port");
      System.clearProperty("management.server.port");
    }
  }

  @AfterAll
  static void end() throws Exception {
    daemon.close();
    // Tomcat keeps it, and the next one in this JVM would make the directory again.
    System.clearProperty("catalina.home");
    Trees.remove(state.path());
  }

  @Test
  void thePersonWhoAskedForTheRunCannotAcceptIt() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS, Groups.APPROVERS);
    RunId run = run("olga", Reason.TOO_OLD);
    String task = task(run, Task.REVIEW_STALE_BACKUP);
    Map<String, String> accept =
        Map.of(
            Variable.DECISION,
            Decision.ACCEPT,
            Variable.DECISION_REASON,
            "it is Sunday",
            Variable.WAIVED_UNTIL,
            LocalDate.now(ZoneOffset.UTC).plusDays(1).toString());
    String answers = answers(accept);
    Map<String, String> more = new HashMap<>(accept);
    more.putAll(Map.of(Variable.ASKED_BY, "somebody", Variable.RUN, "20260301-030000-aaaa"));

    refused(olga.tell("/task/" + task + "/submit-form", answers), "olga requested run " + run);
    refused(olga.tell("/task/" + task + "/complete", answers), "olga requested run " + run);
    refused(
        olga.tell("/task/" + task + "/submit-form", answers(more)),
        "'askedBy' is not an answer of the task's form");
    refused(
        olga.tell("/task/" + task + "/complete", answers(more)),
        "'askedBy' is not an answer of the task's form");
    refused(
        olga.change("/task/" + task + "/variables/askedBy", "{\"value\": \"somebody\"}"), REFUSED);
    refused(olga.tell("/task/" + task + "/bpmnError", "{\"errorCode\": \"finding\"}"), REFUSED);
    refused(
        olga.tell("/task/" + task + "/bpmnEscalation", "{\"escalationCode\": \"any\"}"), REFUSED);
    assertThat(task(run, Task.REVIEW_STALE_BACKUP)).isEqualTo(task);

    Browser olaf = as("olaf", Groups.OPERATORS);
    assertThat(olaf.ask("/task/" + task + "/deployed-form").body()).contains("Accept until");
    assertThat(olaf.tell("/task/" + task + "/submit-form", answers).statusCode()).isEqualTo(204);
    Reply.Run shown = (Reply.Run) ask(new Request.ShowRun(run.value()));
    assertThat(shown.happenings())
        .anySatisfy(
            happening -> {
              assertThat(happening.actor()).isEqualTo("olaf");
              assertThat(happening.what())
                  .startsWith("accepted this backup until ")
                  .contains("it is Sunday");
            })
        .anySatisfy(
            happening -> {
              assertThat(happening.actor()).isEqualTo("olga");
              assertThat(happening.what())
                  .startsWith("was refused a decision in 'Review stale backup': accept, because: ")
                  .contains("olga requested run " + run);
            });
    assertThat(((Reply.Events) ask(new Request.ListEvents(100))).lines())
        .filteredOn(line -> line.actor().equals("olga"))
        .extracting(ServerHistory.Line::what)
        .anySatisfy(what -> assertThat(what).startsWith("logged in from 127.0.0.1 with password"))
        .anySatisfy(
            what ->
                assertThat(what)
                    .startsWith("was refused the engine's command SubmitTaskFormCmd: 'askedBy'"));
  }

  @Test
  void thePersonWhoAskedForTheRunCannotDismissIt() throws Exception {
    Browser arne = as("arne", Groups.OPERATORS, Groups.APPROVERS, "camunda-admin");
    RunId run = run("arne", Reason.WAL_MISSING);
    String task = task(run, Task.APPROVE_ESCALATION);
    String answers =
        answers(Map.of(Variable.DECISION, Decision.DISMISS, Variable.DECISION_REASON, "a drill"));

    refused(
        arne.change(
            "/task/" + task + "/variables/askedBy",
            "{\"value\": \"somebody\", \"type\": \"String\"}"),
        REFUSED);
    refused(arne.tell("/task/" + task + "/submit-form", answers), "arne requested run " + run);
    refused(arne.tell("/task/" + task + "/complete", answers), "four eyes");
    refused(
        arne.change(
            "/task/" + task + "/localVariables/decision",
            "{\"value\": \"escalate\", \"type\": \"String\"}"),
        REFUSED);
    // As an earlier version let an administrator.
    daemon
        .application()
        .getBean(TaskService.class)
        .setVariableLocal(task, Variable.DECISION, Decision.ESCALATE);
    refused(arne.tell("/task/" + task + "/complete", answers), "would hide the answers");
    daemon.application().getBean(TaskService.class).removeVariableLocal(task, Variable.DECISION);
    refused(
        arne.tell(
            "/process-instance/" + instance(run) + "/modification",
            "{\"instructions\": [{\"type\": "
                + "\"startBeforeActivity\", \"activityId\": \"findingDismissed\"}]}"),
        REFUSED);
    assertThat(task(run, Task.APPROVE_ESCALATION)).isEqualTo(task);

    Browser anna = as("anna", Groups.APPROVERS);
    refused(
        anna.tell(
            "/task/" + task + "/resolve",
            answers(Map.of(Variable.MESSAGE, "nothing wrong at all"))),
        REFUSED);
    refused(
        anna.tell(
            "/task/" + task + "/identity-links/delete",
            "{\"groupId\": \"" + Groups.APPROVERS + "\", \"type\": \"candidate\"}"),
        REFUSED);
    assertThat(anna.tell("/task/" + task + "/complete", answers).statusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "/message | {\"messageName\": \"worseRunCame\", \"processInstanceId\": \"INSTANCE\"}",
        "/message | {\"messageName\": \"worseRunCame\", \"processInstanceId\": \"INSTANCE\", \"all\": true}",
        "/process-instance/message-async | {\"messageName\": \"worseRunCame\", \"processInstanceIds\": [\"INSTANCE\"]}",
        "/execution/EXECUTION/messageSubscriptions/worseRunCame/trigger | {}",
        "/execution/EXECUTION/signal | {}"
      })
  void messagesAndSignalsCannotEndATask(String path, String body) throws Exception {
    Browser chief =
        as("chief-" + UUID.randomUUID(), Groups.OPERATORS, Groups.APPROVERS, "camunda-admin");
    RunId run = run("tester", Reason.TOO_OLD);
    String task = task(run, Task.REVIEW_STALE_BACKUP);
    String execution =
        daemon
            .application()
            .getBean(TaskService.class)
            .createTaskQuery()
            .taskId(task)
            .singleResult()
            .getExecutionId();

    refused(
        chief.tell(path.replace("EXECUTION", execution), body.replace("INSTANCE", instance(run))),
        REFUSED);
    assertThat(task(run, Task.REVIEW_STALE_BACKUP)).isEqualTo(task);
  }

  @Test
  void thePersonWhoDeletesARunWithItsTaskIsRecorded() throws Exception {
    Browser boss = as("boss", "camunda-admin");
    RunId run = run("tester", Reason.WAL_MISSING);
    task(run, Task.APPROVE_ESCALATION);

    assertThat(
            boss.delete(
                    "/process-instance/"
                        + instance(run)
                        + "?skipCustomListeners=true&skipIoMappings=true")
                .statusCode())
        .isEqualTo(204);

    assertThat(((Reply.Run) ask(new Request.ShowRun(run.value()))).happenings())
        .last()
        .satisfies(
            happening -> {
              assertThat(happening.actor()).isEqualTo("boss");
              assertThat(happening.what())
                  .startsWith("deleted the run with its task 'Approve escalation'")
                  .contains("refuted (wal-missing)");
            });
  }

  private static void refused(HttpResponse<String> answer, String because) {
    assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(answer.body()).contains(because);
  }

  private static String answers(Map<String, String> values) {
    Map<String, Object> variables = new HashMap<>();
    values.forEach((name, value) -> variables.put(name, Map.of("value", value, "type", "String")));
    return EvidenceJson.write(Map.of("variables", variables));
  }

  /**
   * A run that was asked for by this person and found this, carried on by the engine from where its
   * verdict is reached.
   */
  private static RunId run(String askedBy, Reason found) {
    EvidenceLog evidenceLog = daemon.application().getBean(EvidenceLog.class);
    Path path = Path.of("/backups", UUID.randomUUID().toString());
    VerificationRequest request = Settings.NONE.request(Optional.empty(), path, askedBy);
    RunId run = RunId.at(Instant.now());
    new Evidence.Asked(request, null).record(evidenceLog, run, askedBy);
    WholeEvidence.record(
        evidenceLog,
        run,
        request,
        new Report.BackupFacts(
            path.toString(),
            "tar",
            "15",
            "7420000000000000001",
            Instant.parse("2026-02-27T20:00:00Z"),
            "0/" + Long.toHexString(System.nanoTime()),
            1_000L,
            List.of(),
            null),
        Instant.now(),
        Duration.ofHours(30));
    new Evidence.Found(Finding.of(found, found.meaning(), "FATAL:  so it is"))
        .record(evidenceLog, run);
    daemon
        .application()
        .getBean(RuntimeService.class)
        .createProcessInstanceByKey(VerifyBackup.PROCESS)
        .businessKey(run.value())
        .setVariable(Variable.RUN, run.value())
        .setVariable(Variable.RETRY_CYCLE, "PT5S,PT30S")
        .setVariable(Variable.BACKUP_KEY, UUID.randomUUID().toString())
        .setVariable(Variable.ASKED_BY, askedBy)
        .setVariable(Variable.CONTROL, false)
        .setVariable(Variable.REMIND_AFTER, "PT4H")
        .setVariable(Variable.ESCALATE_AFTER, "PT24H")
        .startBeforeActivity(Step.REACH_VERDICT)
        .execute();
    return run;
  }

  private static String instance(RunId run) {
    return daemon
        .application()
        .getBean(RuntimeService.class)
        .createProcessInstanceQuery()
        .processInstanceBusinessKey(run.value())
        .singleResult()
        .getId();
  }

  private static String task(RunId run, String key) {
    TaskService tasks = daemon.application().getBean(TaskService.class);
    return await()
        .until(
            () ->
                tasks
                    .createTaskQuery()
                    .processInstanceBusinessKey(run.value())
                    .taskDefinitionKey(key)
                    .list()
                    .stream()
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow()
        .getId();
  }

  private static Browser as(String person, String... groups) throws Exception {
    IdentityService identities = daemon.application().getBean(IdentityService.class);
    User user = identities.newUser(person);
    user.setPassword(PASSWORD);
    identities.saveUser(user);
    List.of(groups).forEach(group -> identities.createMembership(person, group));
    Browser browser = new Browser(daemon.address());
    browser.logIn(person, PASSWORD);
    return browser;
  }

  private static Reply ask(Request request) throws Exception {
    try (ControlClient client = ControlClient.connect(state).orElseThrow()) {
      return client.send(request, reply -> {}).orElseThrow();
    }
  }
}
