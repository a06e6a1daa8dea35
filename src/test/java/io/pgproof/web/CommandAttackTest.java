package io.pgproof.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.workflow.model.Groups;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an administrator could do to the engine, and through it to a verdict and to the machine,
 * asked over HTTP.
 */
class CommandAttackTest extends ServedEngine {
  private static final String REFUSED = "pgproof does not allow anyone";
  private static final String UPLOAD =
      """
      --b
      Content-Disposition: form-data; name="deployment-name"

      upload
      --b
      Content-Disposition: form-data; name="data"; filename="verify-backup.bpmn"

      %s
      --b--
      """
          .replace("\n", "\r\n");

  private final Map<String, String> ids = new HashMap<>();

  @BeforeEach
  void startRun() {
    Tripwire.arm();
    ProcessInstance run =
        engine
            .getRuntimeService()
            .startProcessInstanceByKey("verifyBackup", Map.of("verdict", "refuted"));
    Task task =
        engine
            .getTaskService()
            .createTaskQuery()
            .processInstanceId(run.getId())
            .taskDefinitionKey("reviewStaleBackup")
            .singleResult();
    Job job = job(run.getId());
    ids.put("INSTANCE", run.getId());
    ids.put("DEFINITION", run.getProcessDefinitionId());
    ids.put("TASK", task.getId());
    ids.put("EXECUTION", task.getExecutionId());
    ids.put("JOB", job.getId());
    ids.put("KIND", job.getJobDefinitionId());
    ids.put(
        "DEPLOYMENT", engine.getRepositoryService().createDeploymentQuery().list().get(0).getId());
  }

  private Job job(String run) {
    return engine.getManagementService().createJobQuery().processInstanceId(run).singleResult();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        // Variables, of the run, of a part of it and of its task
        "PUT | /process-instance/INSTANCE/variables/verdict | {\"value\": \"proven\", \"type\": \"String\"}",
        "POST | /process-instance/INSTANCE/variables | {\"modifications\": {\"verdict\": {\"value\": \"proven\"}}}",
        "POST | /process-instance/INSTANCE/variables | {\"deletions\": [\"verdict\"]}",
        "DELETE | /process-instance/INSTANCE/variables/verdict | ",
        "POST | /process-instance/variables-async | {\"processInstanceIds\": [\"INSTANCE\"], \"variables\": {\"verdict\": {\"value\": \"x\"}}}",
        "PUT | /execution/EXECUTION/localVariables/verdict | {\"value\": \"proven\"}",
        "POST | /execution/EXECUTION/localVariables | {\"modifications\": {\"verdict\": {\"value\": \"proven\"}}}",
        "PUT | /task/TASK/variables/verdict | {\"value\": \"proven\"}",
        "PUT | /task/TASK/localVariables/decision | {\"value\": \"accept\"}",
        "POST | /task/TASK/localVariables | {\"modifications\": {\"decision\": {\"value\": \"accept\"}}}",
        // Jobs and their times
        "POST | /job/JOB/execute | {}",
        "PUT | /job/JOB/duedate | {\"duedate\": \"2031-01-01T00:00:00.000+0000\"}",
        "POST | /job/JOB/duedate/recalculate | {}",
        "PUT | /job/JOB/retries | {\"retries\": 1, \"dueDate\": \"2031-01-01T00:00:00.000+0000\"}",
        "PUT | /job/JOB/retries | {\"retries\": 1, \"dueDate\": null}",
        "PUT | /job-definition/KIND/retries | {\"retries\": 1, \"dueDate\": \"2031-01-01T00:00:00.000+0000\"}",
        "POST | /job/retries | {\"jobIds\": [\"JOB\"], \"retries\": 1}",
        "PUT | /job/JOB/priority | {\"priority\": 1}",
        "PUT | /job-definition/KIND/jobPriority | {\"priority\": 1}",
        "DELETE | /job/JOB | ",
        // Other ways through the process
        "POST | /process-instance/INSTANCE/modification | {\"instructions\": [{\"type\": \"cancel\", \"activityId\": \"reviewStaleBackup\"}]}",
        "POST | /process-instance/INSTANCE/modification-async | {\"instructions\": [{\"type\": \"cancel\", \"activityId\": \"reviewStaleBackup\"}]}",
        "POST | /modification/execute | {\"processDefinitionId\": \"DEFINITION\", \"processInstanceIds\": [\"INSTANCE\"], "
            + "\"instructions\": [{\"type\": \"cancel\", \"activityId\": \"reviewStaleBackup\"}]}",
        "POST | /process-definition/DEFINITION/restart | {\"processInstanceIds\": [\"INSTANCE\"], "
            + "\"instructions\": [{\"type\": \"startBeforeActivity\", \"activityId\": \"approveEscalation\"}]}",
        "POST | /migration/generate | {\"sourceProcessDefinitionId\": \"DEFINITION\", \"targetProcessDefinitionId\": \"DEFINITION\"}",
        "POST | /migration/execute | {\"migrationPlan\": {\"sourceProcessDefinitionId\": \"DEFINITION\", "
            + "\"targetProcessDefinitionId\": \"DEFINITION\", \"instructions\": [{\"sourceActivityIds\": [\"reviewStaleBackup\"], "
            + "\"targetActivityIds\": [\"approveEscalation\"]}]}, \"processInstanceIds\": [\"INSTANCE\"]}",
        "POST | /message | {\"messageName\": \"worseRunCame\", \"processInstanceId\": \"INSTANCE\"}",
        "POST | /message | {\"messageName\": \"worseRunCame\", \"all\": true}",
        "POST | /process-instance/message-async | {\"messageName\": \"worseRunCame\", \"processInstanceIds\": [\"INSTANCE\"]}",
        "POST | /execution/EXECUTION/messageSubscriptions/worseRunCame/trigger | {}",
        "POST | /execution/EXECUTION/signal | {}",
        "POST | /signal | {\"name\": \"any\"}",
        "POST | /condition | {\"variables\": {\"verdict\": {\"value\": \"proven\"}}}",
        "POST | /process-definition/key/verifyBackup/start | {}",
        "POST | /process-definition/key/verifyBackup/submit-form | {}",
        "POST | /process-definition/DEFINITION/start | {\"startInstructions\": [{\"type\": \"startBeforeActivity\", \"activityId\": \"approveEscalation\"}]}",
        "POST | /process-instance/delete | {\"processInstanceIds\": [\"INSTANCE\"]}",
        // The task's nature
        "PUT | /task/TASK | {\"name\": \"other\", \"assignee\": \"ada\"}",
        "POST | /task/create | {\"name\": \"mine\", \"parentTaskId\": \"TASK\"}",
        "DELETE | /task/TASK | ",
        "POST | /task/TASK/delegate | {\"userId\": \"ada\"}",
        "POST | /task/TASK/resolve | {\"variables\": {\"verdict\": {\"value\": \"proven\"}}}",
        "POST | /task/TASK/bpmnError | {\"errorCode\": \"finding\"}",
        "POST | /task/TASK/bpmnEscalation | {\"escalationCode\": \"any\"}",
        "POST | /task/TASK/identity-links | {\"groupId\": \"backup-auditors\", \"type\": \"candidate\"}",
        "POST | /task/TASK/identity-links/delete | {\"groupId\": \"backup-operators\", \"type\": \"candidate\"}",
        // What is deployed, and what is remembered
        "DELETE | /deployment/DEPLOYMENT?cascade=true | ",
        "POST | /deployment/DEPLOYMENT/redeploy | {}",
        "DELETE | /process-definition/DEFINITION?cascade=true | ",
        "PUT | /process-definition/DEFINITION/history-time-to-live | {\"historyTimeToLive\": 0}",
        "POST | /history/process-instance/delete | {\"historicProcessInstanceIds\": [\"INSTANCE\"]}",
        "DELETE | /history/process-instance/INSTANCE/variable-instances | ",
        "POST | /history/cleanup | {}",
        "POST | /telemetry/configuration | {\"enableTelemetry\": true}"
      })
  void anAdministratorsForbiddenCommandIsRefused(String method, String path, String body)
      throws Exception {
    Browser ada = as("ada", "camunda-admin", Groups.OPERATORS, Groups.APPROVERS);
    Map<String, Object> before = run();

    HttpResponse<String> answer = ada.send(method, with(path), body == null ? "" : with(body));

    assertThat(answer.statusCode()).as(answer.body()).isGreaterThanOrEqualTo(400);
    assertThat(answer.body()).contains(REFUSED, "HINT");
    assertThat(run()).isEqualTo(before);
  }

  @Test
  void historyCannotBeDeleted() throws Exception {
    engine.getRuntimeService().deleteProcessInstance(ids.get("INSTANCE"), "finished");
    // Camunda's own words hide the refusal.
    assertThat(
            as("ada", "camunda-admin")
                .delete(with("/history/process-instance/INSTANCE"))
                .statusCode())
        .isEqualTo(404);
    assertThat(
            engine
                .getHistoryService()
                .createHistoricProcessInstanceQuery()
                .processInstanceId(ids.get("INSTANCE"))
                .count())
        .isOne();
  }

  @Test
  void aDeploymentIsRefused() throws Exception {
    long before = engine.getRepositoryService().createProcessDefinitionQuery().count();
    var model =
        Bpmn.createExecutableProcess("verifyBackup")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaExpression(Tripwire.EXPRESSION)
            .endEvent()
            .done();

    HttpResponse<String> answer =
        as("ada", "camunda-admin")
            .upload("/deployment/create", "b", UPLOAD.formatted(Bpmn.convertToString(model)));

    assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    assertThat(answer.body()).contains(REFUSED, "DeployCmd");
    assertThat(engine.getRepositoryService().createProcessDefinitionQuery().count())
        .isEqualTo(before);
    assertThat(Tripwire.tripped()).isFalse();
  }

  @Test
  void anEarlierForeignDeploymentIsNeitherStartedNorRun() throws Exception {
    deployedBefore(
        Bpmn.createExecutableProcess("verifyBackup")
            .camundaHistoryTimeToLive(1)
            .startEvent()
            .serviceTask()
            .camundaExpression(Tripwire.EXPRESSION)
            .endEvent()
            .done());
    try {
      HttpResponse<String> answer =
          as("ada", "camunda-admin").tell("/process-definition/key/verifyBackup/start", "{}");
      assertThat(answer.body()).contains(REFUSED);

      String newest =
          engine
              .getRepositoryService()
              .createProcessDefinitionQuery()
              .processDefinitionKey("verifyBackup")
              .latestVersion()
              .singleResult()
              .getId();
      assertThat(newest).isNotEqualTo(ids.get("DEFINITION"));
      assertThatThrownBy(() -> engine.getRuntimeService().startProcessInstanceById(newest))
          .hasMessageContaining("name and compare");
      assertThat(Tripwire.tripped()).isFalse();
    } finally {
      engine
          .getRepositoryService()
          .createDeploymentQuery()
          .deploymentName("upload")
          .list()
          .forEach(
              deployment ->
                  engine.getRepositoryService().deleteDeployment(deployment.getId(), true));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"verdict\": {\"value\": \"proven\"}} | 'verdict' is not an answer",
        "{\"decision\": {\"value\": \"accept\"}, \"escalateAfter\": {\"value\": \"P100D\"}} | 'escalateAfter' is not an answer",
        "{\"decision\": {\"value\": 7, \"type\": \"Integer\"}} | 'decision' is not an answer",
        "{\"decisionReason\": {\"value\": \"e30=\", \"type\": \"Bytes\"}} | 'decisionReason' is not an answer",
        "{\"waivedUntil\": {\"value\": \"[]\", \"type\": \"Object\", \"valueInfo\": {\"objectTypeName\": \"java.util.ArrayList\", "
            + "\"serializationDataFormat\": \"application/json\"}}} | 'waivedUntil' is not an answer"
      })
  void onlyFormAnswersAreAcceptedWithADecision(String variables, String why) throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    Map<String, Object> before = run();
    for (String way : List.of("complete", "submit-form")) {
      HttpResponse<String> answer =
          olga.tell(with("/task/TASK/" + way), "{\"variables\": " + variables + "}");
      assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
      assertThat(answer.body()).contains(why);
      assertThat(run()).isEqualTo(before);
    }
  }

  @Test
  void anOperatorDecides() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(olga.tell(with("/task/TASK/claim"), "{\"userId\": \"olga\"}").statusCode())
        .isEqualTo(204);
    assertThat(
            olga.tell(with("/task/TASK/comment/create"), "{\"message\": \"looking into it\"}")
                .statusCode())
        .isEqualTo(200);
    assertThat(olga.ask(with("/task/TASK/comment")).body()).contains("looking into it");
    assertThat(
            olga.tell(
                    with("/task/TASK/submit-form"),
                    "{\"variables\": {\"decision\": {\"value\": \"newBackup\"},"
                        + " \"decisionReason\": {\"value\": \"the source was down\", \"type\": \"String\"}, \"waivedUntil\": {\"value\": null}}}")
                .statusCode())
        .isEqualTo(204);
    assertThat(engine.getRuntimeService().getVariable(ids.get("INSTANCE"), "decision"))
        .isEqualTo("newBackup");
  }

  @Test
  void anOperatorRetriesAFailedJob() throws Exception {
    engine.getManagementService().setJobRetries(ids.get("JOB"), 0);
    assertThat(
            engine
                .getRuntimeService()
                .createIncidentQuery()
                .processInstanceId(ids.get("INSTANCE"))
                .count())
        .isOne();

    assertThat(
            as("olga", Groups.OPERATORS)
                .change(with("/job/JOB/retries"), "{\"retries\": 1}")
                .statusCode())
        .isEqualTo(204);

    assertThat(
            engine
                .getRuntimeService()
                .createIncidentQuery()
                .processInstanceId(ids.get("INSTANCE"))
                .count())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "/process-instance/INSTANCE/suspended",
    "/job/JOB/suspended",
    "/process-definition/DEFINITION/suspended",
    "/job-definition/KIND/suspended"
  })
  void anAdministratorSuspendsAndActivatesARun(String path) throws Exception {
    Browser ada = as("ada", "camunda-admin");
    assertThat(ada.change(with(path), "{\"suspended\": true}").statusCode()).isEqualTo(204);
    assertThat(ada.change(with(path), "{\"suspended\": false}").statusCode()).isEqualTo(204);
  }

  @Test
  void anAdministratorDeletesARun() throws Exception {
    assertThat(as("ada", "camunda-admin").delete(with("/process-instance/INSTANCE")).statusCode())
        .isEqualTo(204);
    assertThat(run()).isEmpty();
  }

  @Test
  void anAdministratorManagesPeople() throws Exception {
    Browser ada = as("ada", "camunda-admin");
    assertThat(
            ada.tell(
                    "/user/create",
                    "{\"profile\": {\"id\": \"nils\", \"firstName\": \"Nils\", \"lastName\": \"Holm\"},"
                        + " \"credentials\": {\"password\": \""
                        + PASSWORD
                        + "\"}}")
                .statusCode())
        .isEqualTo(204);
    assertThat(ada.change("/group/backup-operators/members/nils", "").statusCode()).isEqualTo(204);
    assertThat(
            ada.change(
                    "/user/nils/credentials",
                    "{\"password\": \"Restore-3-prove\", \"authenticatedUserPassword\": \""
                        + PASSWORD
                        + "\"}")
                .statusCode())
        .isEqualTo(204);
    assertThat(
            ada.tell(
                    "/authorization/create",
                    "{\"type\": 1, \"permissions\": [\"READ\"], \"userId\": \"nils\","
                        + " \"resourceType\": 6, \"resourceId\": \"verifyBackup\"}")
                .statusCode())
        .isEqualTo(200);
    Browser nils = browser();
    nils.logIn("nils", "Restore-3-prove");
    assertThat(nils.ask("/task?maxResults=10").body()).contains(ids.get("TASK"));
    assertThat(ada.delete("/user/nils").statusCode()).isEqualTo(204);
    engine
        .getAuthorizationService()
        .createAuthorizationQuery()
        .userIdIn("nils")
        .list()
        .forEach(left -> engine.getAuthorizationService().deleteAuthorization(left.getId()));
  }

  private String with(String text) {
    String filled = text;
    for (Map.Entry<String, String> id : ids.entrySet()) {
      filled = filled.replace(id.getKey(), id.getValue());
    }
    return filled;
  }

  /** All that an attack could have changed; empty once the run is gone. */
  private Map<String, Object> run() {
    String run = ids.get("INSTANCE");
    Map<String, Object> all = new HashMap<>();
    engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .list()
        .forEach(instance -> all.put(instance.getId(), instance.isSuspended()));
    if (all.isEmpty()) {
      return all;
    }
    engine
        .getRuntimeService()
        .createVariableInstanceQuery()
        .processInstanceIdIn(run)
        .list()
        .forEach(
            variable ->
                all.put(
                    variable.getName() + " in " + variable.getExecutionId() + variable.getTaskId(),
                    variable.getValue()));
    engine
        .getTaskService()
        .createTaskQuery()
        .list()
        .forEach(
            task ->
                all.put(
                    task.getId(),
                    task.getName()
                        + task.getAssignee()
                        + task.getDelegationState()
                        + engine.getTaskService().getIdentityLinksForTask(task.getId()).stream()
                            .map(link -> link.getGroupId() + link.getType())
                            .sorted()
                            .collect(Collectors.toList())));
    Job job = job(run);
    all.put("job", List.of(job.getId(), job.getDuedate(), job.getRetries(), job.getPriority()));
    all.put(
        "history",
        engine
            .getHistoryService()
            .createHistoricProcessInstanceQuery()
            .processInstanceId(run)
            .count());
    all.put("deployments", engine.getRepositoryService().createDeploymentQuery().count());
    all.put("batches", engine.getManagementService().createBatchQuery().count());
    return all;
  }
}
