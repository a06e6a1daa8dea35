package io.pgproof.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.pgproof.notify.HookServer;
import io.pgproof.notify.LimitedHttp;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Notifications;
import io.pgproof.target.Secret;
import io.pgproof.target.WebHookAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.Status;

/** The address that a server calls while it works. */
class HeartbeatTest {
  private static final Duration EVERY = Duration.ofMillis(20);
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(Heartbeat.class);

  @TempDir private Path place;

  private final List<String> log = new CopyOnWriteArrayList<>();
  private final MonitoringThreads threads = new MonitoringThreads();
  private final CountDownLatch released = new CountDownLatch(1);
  private final CurrentConfiguration configuration = new CurrentConfiguration(Configuration.none());
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          log.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };
  private volatile Status jobs = Status.UP;
  private HookServer server;
  private Heartbeat heartbeat;

  @BeforeEach
  void aServerThatWorks() throws IOException {
    appender.start();
    LOG.addAppender(appender);
    LOG.setLevel(Level.INFO);
    server = new HookServer();
    heartbeat =
        new Heartbeat(
            configuration,
            Map.of("database", health(() -> Status.UP), "jobs", health(() -> jobs)),
            new LimitedHttp(Duration.ofSeconds(1)),
            EVERY);
  }

  private LimitedHealth health(Supplier<Status> status) {
    return new LimitedHealth(
        Status.DOWN,
        new LimitedCall<>(
            () -> Health.status(status.get()).build(),
            threads::execute,
            LimitedHealth.LIMIT,
            Duration.ZERO,
            System::nanoTime));
  }

  @AfterEach
  void end() {
    released.countDown();
    heartbeat.close();
    server.close();
    threads.close();
    LOG.detachAppender(appender);
    LOG.setLevel(null);
  }

  @Test
  void theAddressIsCalledAgainAndAgain() {
    beatAt(new WebHookAddress.Written(server.address()));
    awaitCalls(3);
    assertThat(server.posted().get(0).path()).isEqualTo(server.address().getPath());
    assertThat(server.posted().get(0).body()).isEmpty();
    assertThat(log).containsExactly("INFO the heartbeat arrives at " + withoutPath());
  }

  @Test
  void itIsNotCalledWhileACheckIsNotUp() {
    beatAt(new WebHookAddress.Written(server.address()));
    awaitCalls(1);
    jobs = Status.UNKNOWN;
    awaitLog("WARN no heartbeat while checks of the health are not up: [jobs]");
    int before = server.posted().size();
    pause();
    assertThat(server.posted()).hasSize(before);
    jobs = Status.UP;
    awaitCalls(before + 2);
    assertThat(log)
        .containsExactly(
            "INFO the heartbeat arrives at " + withoutPath(),
            "WARN no heartbeat while checks of the health are not up: [jobs]",
            "INFO the heartbeat arrives at " + withoutPath());
  }

  @Test
  void aFailureIsLoggedOnceAndAgainWhenItIsHealed() {
    server.answer(500, 404, 302);
    beatAt(new WebHookAddress.Written(server.address()));
    awaitCalls(6);
    assertThat(log)
        .containsExactly(
            "WARN the heartbeat does not arrive; pgproof tries again every minute: "
                + withoutPath()
                + " answered with status 500",
            "INFO the heartbeat arrives at " + withoutPath());
  }

  @Test
  void anAnswerThatDoesNotComeIsNotWaitedFor() {
    server.answer(exchange -> released.await());
    beatAt(new WebHookAddress.Written(server.address()));
    awaitCalls(3);
    assertThat(log)
        .containsExactly(
            "WARN the heartbeat does not arrive; pgproof tries again every minute: "
                + withoutPath()
                + " did not answer within 1 s",
            "INFO the heartbeat arrives at " + withoutPath());
  }

  @Test
  void aServerThatIsAwayIsLoggedWithoutThePath() {
    server.close();
    beatAt(new WebHookAddress.Written(server.address()));
    awaitLog("WARN the heartbeat does not arrive");
    assertThat(log.toString())
        .contains(withoutPath() + " cannot be reached")
        .doesNotContain("T0KEN");
  }

  @Test
  void theAddressIsReadFromItsFileEachTime() throws IOException {
    Path file = place.resolve("address");
    beatAt(new WebHookAddress.Kept(new Secret(Optional.of(file), Optional.empty())));
    awaitLog("the file " + file + " does not exist");
    Files.writeString(file, server.address() + "\n");
    awaitCalls(1);
    Files.writeString(file, server.address().resolve("/other") + "\n");
    await().until(() -> server.posted().stream().anyMatch(call -> call.path().equals("/other")));
  }

  @Test
  void anAddressThatLeavesTheConfigurationIsNotCalledAnyMore() {
    beatAt(new WebHookAddress.Written(server.address()));
    awaitCalls(1);
    configuration.replace(Configuration.none());
    // The call in progress.
    pause();
    int before = server.posted().size();
    pause();
    assertThat(server.posted()).hasSize(before);
  }

  private void beatAt(WebHookAddress address) {
    configuration.replace(
        new Configuration(
            Path.of("pgproof.yaml"),
            2,
            Optional.of(address),
            Optional.empty(),
            Notifications.NONE,
            List.of()));
  }

  private void awaitCalls(int calls) {
    await().until(() -> server.posted().size() >= calls);
  }

  private void awaitLog(String words) {
    await().until(() -> log.stream().anyMatch(line -> line.contains(words)));
  }

  /** Longer than several calls take. */
  private static void pause() {
    await().pollDelay(EVERY.multipliedBy(15)).until(() -> true);
  }

  private String withoutPath() {
    URI address = server.address();
    return "http://" + address.getHost() + ":" + address.getPort();
  }
}
