package io.pgproof.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.EngineDatabase;
import io.pgproof.workflow.model.Groups;
import java.nio.file.Files;
import java.nio.file.Path;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.identity.User;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/** The engine and its pages on a PostgreSQL that was empty before. */
class ServedOnPostgresTest {
  private static EngineDatabase database;
  @TempDir private static Path state;

  @BeforeAll
  static void startDatabase() {
    database = EngineDatabase.start();
  }

  @AfterAll
  static void stopDatabase() {
    database.close();
  }

  @Test
  void theSchemaIsCreatedAndTasksOutliveARestart() throws Exception {
    String run;
    try (ServletWebServerApplicationContext first = serve()) {
      ProcessEngine engine = first.getBean(ProcessEngine.class);
      run = engine.getRuntimeService().startProcessInstanceByKey("verifyBackup").getId();
      User olga = engine.getIdentityService().newUser("olga");
      olga.setPassword(ServedEngine.PASSWORD);
      engine.getIdentityService().saveUser(olga);
      engine.getIdentityService().createMembership("olga", Groups.OPERATORS);
      assertThat(engine.getManagementService().getTableCount()).containsKey("ACT_RU_TASK");
    }
    String password = Files.readString(state.resolve("admin-password"));
    try (ServletWebServerApplicationContext second = serve()) {
      Browser olga = new Browser("http://127.0.0.1:" + second.getWebServer().getPort());
      olga.logIn("olga", ServedEngine.PASSWORD);
      String tasks = olga.ask("/task?maxResults=10&processInstanceId=" + run).body();
      assertThat(tasks).contains("Review stale backup").doesNotContain("Approve escalation");
      String task = tasks.replaceFirst(".*?\"id\":\"([^\"]+)\".*", "$1");
      assertThat(olga.tell("/task/" + task + "/complete", "{}").statusCode()).isEqualTo(204);
      ProcessEngine engine = second.getBean(ProcessEngine.class);
      assertThat(
              engine
                  .getHistoryService()
                  .createHistoricTaskInstanceQuery()
                  .taskId(task)
                  .finished()
                  .count())
          .isOne();
      assertThat(engine.getRepositoryService().createProcessDefinitionQuery().count()).isOne();
    }
    assertThat(state.resolve("admin-password")).hasContent(password);
  }

  private static ServletWebServerApplicationContext serve() {
    return (ServletWebServerApplicationContext)
        new SpringApplicationBuilder(ServedEngine.Application.class)
            .profiles("serve")
            .run(
                "--server.port=0",
                "--management.server.port=-1",
                "--management.endpoint.health.validate-group-membership=false",
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.user(),
                "--spring.datasource.password=" + database.password(),
                "--spring.flyway.locations=classpath:db/migration/{vendor}",
                "--spring.flyway.baseline-on-migrate=true",
                "--spring.flyway.baseline-version=0",
                "--camunda.bpm.history-level=full",
                "--camunda.bpm.job-execution.enabled=false",
                "--camunda.bpm.deployment-resource-pattern=classpath:web/verify-backup.bpmn",
                "--server.tomcat.basedir=" + state.resolve("web"),
                "--pgproof.admin-password-file=" + state.resolve("admin-password"));
  }
}
