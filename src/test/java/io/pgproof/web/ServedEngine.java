package io.pgproof.web;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.token.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.camunda.bpm.admin.Admin;
import org.camunda.bpm.admin.impl.DefaultAdminRuntimeDelegate;
import org.camunda.bpm.cockpit.Cockpit;
import org.camunda.bpm.cockpit.impl.DefaultCockpitRuntimeDelegate;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngines;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.impl.cfg.ProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.tasklist.Tasklist;
import org.camunda.bpm.tasklist.impl.DefaultTasklistRuntimeDelegate;
import org.camunda.bpm.welcome.Welcome;
import org.camunda.bpm.welcome.impl.DefaultWelcomeRuntimeDelegate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.HttpRequestHandler;

/** What {@code pgproof serve} listens with, on a free port, with a process of human tasks only. */
@SpringBootTest(
    classes = ServedEngine.Application.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.datasource.username=sa",
      "spring.datasource.password=",
      "spring.flyway.locations=classpath:db/migration/{vendor}",
      "spring.flyway.baseline-on-migrate=true",
      "spring.flyway.baseline-version=0",
      "management.server.port=-1",
      // Its checks are none of this part of the program.
      "management.endpoint.health.validate-group-membership=false",
      "camunda.bpm.history-level=full",
      "camunda.bpm.job-execution.enabled=false",
      "camunda.bpm.deployment-resource-pattern=classpath:web/verify-backup.bpmn"
    })
@ActiveProfiles("serve")
public abstract class ServedEngine {
  /** Long, and of every sort of character that the password policy asks for. */
  protected static final String PASSWORD = "Restore-2-prove";

  protected static final Path PASSWORD_FILE = freshDirectory().resolve("admin-password");

  private static final String DATABASE =
      "jdbc:h2:mem:served-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

  /** How far the clock of the log-in is ahead of the time. */
  private static final AtomicReference<Duration> AHEAD = new AtomicReference<>(Duration.ZERO);

  @Autowired protected ProcessEngine engine;
  @LocalServerPort private int port;

  /** Not an application class of its own: other tests' component scans must not find it. */
  @EnableAutoConfiguration
  @ComponentScan(
      basePackages = "io.pgproof.web",
      // They read the evidence, which this process has none of.
      excludeFilters =
          @ComponentScan.Filter(
              type = FilterType.REGEX,
              pattern = {
                "io\\.pgproof\\.web\\.view\\..*",
                "io\\.pgproof\\.web\\.api\\.call\\..*",
                "io\\.pgproof\\.web\\.page\\.[a-z]+\\..*",
                ".*LayoutAdvice"
              }))
  @ComponentScan(
      basePackages = "io.pgproof.workflow",
      useDefaultFilters = false,
      includeFilters =
          @ComponentScan.Filter(
              type = FilterType.ASSIGNABLE_TYPE,
              classes = ProcessEnginePlugin.class),
      // One calls the delegates, and one needs the settings: this process has neither.
      excludeFilters =
          @ComponentScan.Filter(
              type = FilterType.REGEX,
              pattern = {".*DeletionListenerPlugin", ".*EngineHistory"}))
  public static class Application {
    @Bean
    Clock clock() {
      return new Clock() {
        @Override
        public Instant instant() {
          return Instant.now().plus(AHEAD.get());
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          throw new UnsupportedOperationException();
        }
      };
    }

    /** In place of the overview of targets. */
    @Bean("/")
    HttpRequestHandler firstPage() {
      return (request, response) -> response.getWriter().write("first page");
    }

    @Bean
    EvidenceLog evidenceLog(DataSource database, Clock clock) {
      return new EvidenceLog(database, clock);
    }

    @Bean
    BoundedRecorder boundedRecorder(EvidenceLog evidenceLog, Clock clock) {
      return new BoundedRecorder(evidenceLog, clock);
    }

    @Bean
    Tokens tokens(DataSource database, EvidenceLog evidenceLog, Clock clock) {
      return new Tokens(database, evidenceLog, clock);
    }

    @Bean
    TaskListener noteActor() {
      return task ->
          task.setVariable(
              "actedBy",
              task.getProcessEngineServices()
                  .getIdentityService()
                  .getCurrentAuthentication()
                  .getUserId());
    }
  }

  @DynamicPropertySource
  static void properties(DynamicPropertyRegistry registry) {
    registry.add("spring.datasource.url", () -> DATABASE);
    registry.add("pgproof.admin-password-file", PASSWORD_FILE::toString);
    registry.add(
        "server.tomcat.basedir", () -> PASSWORD_FILE.toAbsolutePath().resolveSibling("web"));
  }

  /**
   * Camunda's web applications keep engines and their own parts in static fields, and the end of
   * another test's program clears these fields for this one, too.
   */
  @BeforeEach
  void registerAgain() {
    ProcessEngines.registerProcessEngine(engine);
    if (Cockpit.getRuntimeDelegate() == null) {
      Cockpit.setCockpitRuntimeDelegate(new DefaultCockpitRuntimeDelegate());
      Admin.setAdminRuntimeDelegate(new DefaultAdminRuntimeDelegate());
      Tasklist.setTasklistRuntimeDelegate(new DefaultTasklistRuntimeDelegate());
      Welcome.setRuntimeDelegate(new DefaultWelcomeRuntimeDelegate());
    }
  }

  private static Path freshDirectory() {
    try {
      return Files.createTempDirectory(
          Files.createDirectories(Path.of("target", "web-test")), "state");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void forgetPeopleAndRuns() {
    engine
        .getRuntimeService()
        .createProcessInstanceQuery()
        .list()
        .forEach(run -> engine.getRuntimeService().deleteProcessInstance(run.getId(), "test over"));
    IdentityService identities = engine.getIdentityService();
    identities.createUserQuery().list().stream()
        .map(User::getId)
        .filter(user -> !user.equals("admin"))
        .forEach(identities::deleteUser);
  }

  /** Deploys this as somebody could with an earlier version, which refused no deployment. */
  protected void deployedBefore(BpmnModelInstance model) {
    ProcessEngine earlier =
        new StandaloneProcessEngineConfiguration()
            .setProcessEngineName("earlier")
            .setJdbcUrl(DATABASE)
            .setJdbcUsername("sa")
            .setJdbcPassword("")
            .setJobExecutorActivate(false)
            .setHistory("full")
            .buildProcessEngine();
    try {
      earlier
          .getRepositoryService()
          .createDeployment()
          .name("upload")
          .addModelInstance("verify-backup.bpmn", model)
          .deploy();
    } finally {
      earlier.close();
    }
  }

  protected Browser browser() {
    return new Browser(address());
  }

  protected String address() {
    return "http://127.0.0.1:" + port;
  }

  /** Moves the clock of the log-in forward, or back with a negative duration. */
  protected static void moveClock(Duration by) {
    AHEAD.updateAndGet(ahead -> ahead.plus(by));
  }

  /** Makes a user who is in these groups, and logs in as that user. */
  protected Browser as(String user, String... groups) throws Exception {
    IdentityService identities = engine.getIdentityService();
    User someone = identities.newUser(user);
    someone.setPassword(PASSWORD);
    identities.saveUser(someone);
    List.of(groups).forEach(group -> identities.createMembership(user, group));
    Browser browser = browser();
    browser.logIn(user, PASSWORD);
    return browser;
  }
}
