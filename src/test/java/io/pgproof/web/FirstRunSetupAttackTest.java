package io.pgproof.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.workflow.model.Groups;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CVE-2026-77226, at the moment when it would work: nobody is an administrator. */
class FirstRunSetupAttackTest extends ServedEngine {
  private static final String INTRUDER =
      "{\"profile\": {\"id\": \"mallory\", \"firstName\": \"M\", \"lastName\": \"M\"}, \"credentials\": {\"password\": \""
          + PASSWORD
          + "\"}}";

  @BeforeEach
  void leaveNoAdministrator() {
    engine.getIdentityService().deleteMembership("admin", "camunda-admin");
  }

  @AfterEach
  void reinstateAdministrator() {
    engine.getIdentityService().createMembership("admin", "camunda-admin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/camunda/api/admin/setup/default/user/create",
        "/camunda/api/admin/%73etup/default/user/create",
        "/camunda/api/admin/setup/%64efault/user/create",
        "/camunda/api/%61dmin/setup/default/user/create",
        "/camunda/%61pi/admin/setup/default/user/create",
        "/camunda/api;v=1/admin/setup/default/user/create",
        "/camunda/api/admin;v=1/setup/default/user/create",
        "/camunda//api/admin/setup/default/user/create",
        "/camunda/api/./admin/setup/default/user/create",
        "/camunda/api/x/../admin/setup/default/user/create",
        "/camunda/api/cockpit/plugin/x/static/../../../../admin/setup/default/user/create"
      })
  void aVisitorCannotCreateAnAdministrator(String path) throws Exception {
    int status = browser().post(path, INTRUDER).statusCode();
    assertThat(engine.getIdentityService().createUserQuery().memberOfGroup("camunda-admin").list())
        .isEmpty();
    assertThat(status).isIn(400, 401);
  }

  @ParameterizedTest
  @ValueSource(strings = {Groups.OPERATORS, Groups.APPROVERS, Groups.AUDITORS})
  void aUserCannotCreateAnAdministrator(String group) throws Exception {
    int status =
        as("olga", group)
            .post("/camunda/api/admin/setup/default/user/create", INTRUDER)
            .statusCode();
    assertThat(engine.getIdentityService().createUserQuery().memberOfGroup("camunda-admin").list())
        .isEmpty();
    assertThat(status).isEqualTo(401);
  }
}
