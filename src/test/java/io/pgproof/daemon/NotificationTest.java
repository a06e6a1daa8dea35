package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.pgproof.notify.HookServer;
import io.pgproof.notify.HookServer.Posted;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import io.pgproof.workflow.model.DailySummary;
import io.pgproof.workflow.model.TellSomebody;
import io.pgproof.workflow.notify.NotificationEvent;
import io.pgproof.workflow.notify.Notifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole owner: what a server has to tell, a command does not, and the next server does. */
@Tag("root")
class NotificationTest {
  @TempDir Path place;

  @Test
  void anUndeliveredMessageWaitsForTheNextServer() throws Exception {
    StateDirectory state =
        new StateDirectory(
            Files.createDirectory(
                place.resolve("state"),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------"))));
    System.setProperty("pgproof.telling.retry-cycle", "PT3S,PT3S,PT3S");
    System.setProperty("server.port", "0");
    System.setProperty("management.server.port", "0");
    try (HookServer hook = new HookServer()) {
      Configuration configuration = configuration(hook);
      hook.answer(503);
      try (Daemon server = Daemon.serve(Ownership.acquire(state).orElseThrow(), configuration)) {
        assertThat(summaries(server)).isEqualTo(1);
        server
            .application()
            .getBean(Notifier.class)
            .notify(
                new NotificationEvent.ScheduleMissed(
                    "shop", Instant.parse("2026-03-01T03:00:00Z"), "the server was not running"));
        await().until(() -> !hook.posted().isEmpty());
      }
      int tried = hook.posted().size();
      try (Daemon command = Daemon.start(Ownership.acquire(state).orElseThrow(), false)) {
        ManagementService management = command.application().getBean(ManagementService.class);
        assertThat(
                management
                    .createJobQuery()
                    .processDefinitionKey(TellSomebody.PROCESS)
                    .suspended()
                    .count())
            .isEqualTo(1);
        assertThat(
                management
                    .createJobQuery()
                    .processDefinitionKey(DailySummary.PROCESS)
                    .active()
                    .count())
            .isZero();
        assertThat(command.isIdle()).as("nothing that a command waits for").isTrue();
      }
      assertThat(hook.posted()).hasSize(tried);
      try (Daemon server = Daemon.serve(Ownership.acquire(state).orElseThrow(), configuration)) {
        await()
            .until(
                () ->
                    server
                            .application()
                            .getBean(RuntimeService.class)
                            .createProcessInstanceQuery()
                            .processDefinitionKey(TellSomebody.PROCESS)
                            .count()
                        == 0);
        assertThat(summaries(server)).isEqualTo(1);

        RuntimeService runtime = server.application().getBean(RuntimeService.class);
        runtime.deleteProcessInstance(
            runtime
                .createProcessInstanceQuery()
                .processDefinitionKey(DailySummary.PROCESS)
                .singleResult()
                .getId(),
            "as if it could not be planned");
        PeriodicTasks periodicTasks =
            new PeriodicTasks(server.application(), Duration.ofMillis(200));
        try {
          await().until(() -> summaries(server) == 1);
        } finally {
          periodicTasks.close();
        }
      }
      assertThat(hook.posted())
          .hasSizeGreaterThan(tried)
          .extracting(Posted::id)
          .containsOnly(hook.posted().get(0).id());
    } finally {
      System.clearProperty("pgproof.telling.retry-cycle");
      System.clearProperty("server.port");
      System.clearProperty("management.server.port");
      // Tomcat keeps it, and the next one in this JVM would make the directory again.
      System.clearProperty("catalina.home");
    }
  }

  private static long summaries(Daemon daemon) {
    return daemon
        .application()
        .getBean(RuntimeService.class)
        .createProcessInstanceQuery()
        .processDefinitionKey(DailySummary.PROCESS)
        .count();
  }

  private Configuration configuration(HookServer hook) throws Exception {
    Path secret = Files.writeString(place.resolve("secret"), "an-old-key-of-the-house\n");
    Path address = Files.writeString(place.resolve("address"), hook.address() + "\n");
    return Configuration.read(
        Files.writeString(
            place.resolve("pgproof.yaml"),
            """
        recipients:
          - name: oncall
            web-hook-file: %s
            secret-file: %s
        daily-summary:
          at: "07:00"
          tell: [oncall]
        targets:
          - name: shop
            path: /backups/shop
            tell: [oncall]
        """
                .formatted(address, secret)));
  }
}
