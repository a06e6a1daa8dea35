package io.pgproof.web.cockpit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.web.Browser;
import io.pgproof.web.ServedEngine;
import io.pgproof.workflow.model.Groups;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each group may do, asked over HTTP as a member of it. */
class AccessRightsTest extends ServedEngine {
  private static final String REFUSED = "pgproof does not allow anyone to do this by hand";

  private String run;
  private String review;
  private String approval;

  @BeforeEach
  void startRun() {
    run =
        engine
            .getRuntimeService()
            .startProcessInstanceByKey("verifyBackup", Map.of("verdict", "stale"))
            .getId();
    review = task("reviewStaleBackup");
    approval = task("approveEscalation");
  }

  private String task(String key) {
    Task task =
        engine
            .getTaskService()
            .createTaskQuery()
            .processInstanceId(run)
            .taskDefinitionKey(key)
            .singleResult();
    return task.getId();
  }

  @Test
  void anOperatorWorksOnAReview() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(olga.ask("/task?maxResults=10").body()).contains(review).doesNotContain(approval);
    assertThat(olga.tell("/task/" + review + "/claim", "{\"userId\": \"olga\"}").statusCode())
        .isEqualTo(204);
    assertThat(olga.tell("/task/" + review + "/unclaim", "{}").statusCode()).isEqualTo(204);
    assertThat(olga.ask("/task/" + review + "/form-variables").statusCode()).isEqualTo(200);
    assertThat(olga.tell("/task/" + review + "/submit-form", "{\"variables\": {}}").statusCode())
        .isEqualTo(204);
  }

  @Test
  void anApproverWorksOnAnEscalation() throws Exception {
    Browser arne = as("arne", Groups.APPROVERS);
    assertThat(arne.ask("/task?maxResults=10").body()).contains(approval).doesNotContain(review);
    assertThat(arne.tell("/task/" + approval + "/complete", "{}").statusCode()).isEqualTo(204);
    assertThat(engine.getHistoryService().createUserOperationLogQuery().taskId(approval).list())
        .extracting("userId")
        .containsOnly("arne");
    assertThat(engine.getRuntimeService().getVariable(run, "actedBy"))
        .as("whom a listener sees")
        .isEqualTo("arne");
  }

  @Test
  void aGroupCannotWorkOnTheOtherGroupsTask() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    assertThat(olga.tell("/task/" + approval + "/claim", "{\"userId\": \"olga\"}").statusCode())
        .isEqualTo(403);
    assertThat(olga.tell("/task/" + approval + "/complete", "{}").statusCode()).isEqualTo(403);
    assertThat(olga.tell("/task/" + approval + "/assignee", "{\"userId\": \"olga\"}").statusCode())
        .isEqualTo(403);
    Browser arne = as("arne", Groups.APPROVERS);
    assertThat(arne.tell("/task/" + review + "/complete", "{}").statusCode()).isEqualTo(403);
  }

  @Test
  void anOperatorCannotChangeAVariable() throws Exception {
    Browser olga = as("olga", Groups.OPERATORS);
    String value = "{\"value\": \"proven\", \"type\": \"String\"}";
    assertThat(olga.change("/task/" + review + "/variables/verdict", value).body())
        .contains(REFUSED);
    assertThat(olga.change("/process-instance/" + run + "/variables/verdict", value).body())
        .contains(REFUSED);
    assertThat(engine.getRuntimeService().getVariable(run, "verdict")).isEqualTo("stale");
  }

  @Test
  void anAuditorReadsAndChangesNothing() throws Exception {
    Browser aude = as("aude", Groups.AUDITORS);
    assertThat(aude.ask("/process-instance/" + run).statusCode()).isEqualTo(200);
    assertThat(aude.ask("/task?maxResults=10").body()).contains(review, approval);
    assertThat(aude.ask("/history/process-instance/" + run).statusCode()).isEqualTo(200);
    assertThat(aude.ask("/history/variable-instance?maxResults=10&processInstanceId=" + run).body())
        .contains("stale");
    assertThat(aude.ask("/history/user-operation?maxResults=10").statusCode()).isEqualTo(200);
    assertThat(aude.tell("/task/" + review + "/claim", "{\"userId\": \"aude\"}").statusCode())
        .isEqualTo(403);
    assertThat(aude.tell("/task/" + review + "/complete", "{}").statusCode()).isEqualTo(403);
    assertThat(aude.tell("/task/" + review + "/submit-form", "{\"variables\": {}}").statusCode())
        .isEqualTo(403);
    assertThat(
            aude.change(
                    "/process-instance/" + run + "/variables/verdict", "{\"value\": \"proven\"}")
                .body())
        .contains(REFUSED);
    assertThat(aude.tell("/process-definition/key/verifyBackup/start", "{}").body())
        .contains(REFUSED);
    assertThat(
            aude.change("/process-instance/" + run + "/suspended", "{\"suspended\": true}")
                .statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {Groups.OPERATORS, Groups.APPROVERS, Groups.AUDITORS})
  void onlyAdministratorsDeleteRunsAndManagePeople(String group) throws Exception {
    Browser somebody = as("somebody", group);
    assertThat(somebody.delete("/process-instance/" + run).statusCode()).isEqualTo(403);
    String filter = "{\"resourceType\": \"Task\", \"name\": \"mine\", \"query\": {}}";
    assertThat(somebody.tell("/filter/create", filter).statusCode()).isEqualTo(403);
    assertThat(
            somebody
                .tell(
                    "/user/create",
                    "{\"profile\": {\"id\": \"x\"}, \"credentials\": {\"password\": \""
                        + PASSWORD
                        + "\"}}")
                .statusCode())
        .isEqualTo(403);
    assertThat(somebody.change("/group/camunda-admin/members/somebody", "").statusCode())
        .isEqualTo(403);
    assertThat(
            somebody
                .tell(
                    "/authorization/create",
                    "{\"type\": 1, \"permissions\": [\"ALL\"], \"userId\": \"somebody\","
                        + " \"resourceType\": 9, \"resourceId\": \"*\"}")
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void deploymentRightsOfEarlierVersionsAreRevoked() {
    AuthorizationService authorizations = engine.getAuthorizationService();
    Authorization administrators =
        authorizations
            .createAuthorizationQuery()
            .groupIdIn("camunda-admin")
            .resourceType(Resources.DEPLOYMENT)
            .singleResult();
    administrators.setPermissions(new Permission[] {Permissions.ALL});
    authorizations.saveAuthorization(administrators);
    grant(null, Groups.AUDITORS, Permissions.CREATE, Permissions.READ);
    grant("olga", null, Permissions.CREATE, Permissions.DELETE);

    new AccessRights(engine).ensure();

    List<Authorization> left =
        authorizations.createAuthorizationQuery().resourceType(Resources.DEPLOYMENT).list();
    assertThat(left)
        .isNotEmpty()
        .allSatisfy(
            authorization -> {
              assertThat(authorization.isPermissionGranted(Permissions.CREATE)).isFalse();
              assertThat(authorization.isPermissionGranted(Permissions.UPDATE)).isFalse();
              assertThat(authorization.isPermissionGranted(Permissions.DELETE)).isFalse();
            });
    assertThat(left)
        .filteredOn(authorization -> authorization.getUserId() == null)
        .allSatisfy(
            authorization ->
                assertThat(authorization.isPermissionGranted(Permissions.READ)).isTrue());
    left.stream()
        .filter(authorization -> authorization.getResourceId().equals("some"))
        .forEach(authorization -> authorizations.deleteAuthorization(authorization.getId()));
  }

  private void grant(String user, String group, Permission... permissions) {
    Authorization authorization =
        engine.getAuthorizationService().createNewAuthorization(Authorization.AUTH_TYPE_GRANT);
    authorization.setUserId(user);
    authorization.setGroupId(group);
    authorization.setResource(Resources.DEPLOYMENT);
    authorization.setResourceId("some");
    authorization.setPermissions(permissions);
    engine.getAuthorizationService().saveAuthorization(authorization);
  }

  @ParameterizedTest
  @CsvSource({
    "backup-operators, tasklist, 200", "backup-operators, cockpit, 200",
        "backup-operators, admin, 403",
    "backup-approvers, tasklist, 200", "backup-approvers, cockpit, 200",
        "backup-approvers, admin, 403",
    "backup-auditors, tasklist, 200", "backup-auditors, cockpit, 200",
        "backup-auditors, admin, 403",
    "camunda-admin, tasklist, 200", "camunda-admin, cockpit, 200", "camunda-admin, admin, 200"
  })
  void applicationsAreOpenToTheirGroups(String group, String application, int status)
      throws Exception {
    assertThat(as("somebody", group).get("/camunda/app/" + application + "/default/").statusCode())
        .isEqualTo(status);
  }

  @Test
  void aSecondStartAddsNothing() {
    Map<String, Object> before = everything();
    new AccessRights(engine).ensure();
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void anOlderFilterIsUpdatedAndAnAdministratorsFilterIsKept() {
    Filter filter =
        engine
            .getFilterService()
            .createTaskFilterQuery()
            .filterName(AccessRights.TASK_FILTER)
            .singleResult();
    filter.setProperties(Map.of("color", "#b3131f"));
    engine.getFilterService().saveFilter(filter);
    new AccessRights(engine).ensure();
    Map<String, Object> upgraded =
        engine.getFilterService().getFilter(filter.getId()).getProperties();
    assertThat(upgraded).containsEntry("color", "#b3131f");
    assertThat(upgraded.get("variables").toString())
        .contains("target", "verdict", "reason", "backupPath");

    Map<String, Object> own = Map.of("variables", List.of(Map.of("name", "run", "label", "Run")));
    filter = engine.getFilterService().getFilter(filter.getId());
    filter.setProperties(own);
    engine.getFilterService().saveFilter(filter);
    new AccessRights(engine).ensure();
    assertThat(engine.getFilterService().getFilter(filter.getId()).getProperties()).isEqualTo(own);
    filter.setProperties(Map.of());
    engine.getFilterService().saveFilter(filter);
    new AccessRights(engine).ensure();
  }

  @ParameterizedTest
  @CsvSource({
    "backup-operators, 200",
    "backup-approvers, 200",
    "backup-auditors, 200",
    "camunda-admin, 200",
    "strangers, 403"
  })
  void onlyTheGroupsOfPgproofSeeItsPages(String group, int status) throws Exception {
    if (group.equals("strangers")) {
      engine.getIdentityService().saveGroup(engine.getIdentityService().newGroup(group));
    }
    HttpResponse<String> answer = as("somebody", group).page("/");
    assertThat(answer.statusCode()).isEqualTo(status);
    if (group.equals("strangers")) {
      assertThat(answer.body()).contains("You may not see this page", "in none of the groups");
      engine.getIdentityService().deleteGroup(group);
    }
  }

  private Map<String, Object> everything() {
    Map<String, Object> all = new TreeMap<>();
    engine
        .getAuthorizationService()
        .createAuthorizationQuery()
        .list()
        .forEach(
            authorization ->
                all.put(
                    "authorization " + authorization.getId(),
                    authorization.toString().replaceAll("revision=\\d+, ", "")));
    all.put(
        "groups",
        engine.getIdentityService().createGroupQuery().orderByGroupId().asc().list().toString());
    all.put("filters", engine.getFilterService().createTaskFilterQuery().count());
    return all;
  }
}
