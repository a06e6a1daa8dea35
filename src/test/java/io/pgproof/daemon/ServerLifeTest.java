package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.state.Ownership;
import io.pgproof.state.SignOfLife;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLifeTest {
  private static final Instant START = Instant.parse("2026-11-10T03:00:00Z");

  @TempDir private Path place;

  private StateDirectory state;
  private SignOfLife signOfLife;
  private JdbcConnectionPool database;

  @BeforeEach
  void start() {
    state = new StateDirectory(place);
    signOfLife = new SignOfLife(state);
    database = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "", "");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
  }

  @AfterEach
  void stop() {
    database.dispose();
  }

  private ServerLife begin(Instant at) {
    Clock clock = Clock.fixed(at, ZoneOffset.UTC);
    ServerLife life = new ServerLife(signOfLife, new EvidenceLog(database, clock), clock);
    life.keep();
    return life;
  }

  @Test
  void theNextStartRecordsTheLastSignOfLife() throws Exception {
    begin(START).close();
    signOfLife.write(START.plusSeconds(60));
    begin(START.plusSeconds(600));
    assertThat(new ServerHistory(new EvidenceLog(database, Clock.systemUTC())).startsAndStops())
        .extracting(ServerHistory.StartOrStop::event)
        .containsExactly(
            new ServerEvent.ServerStarted(null),
            new ServerEvent.ServerStopped(START),
            new ServerEvent.ServerStarted(START.plusSeconds(60)));
    assertThat(signOfLife.last()).hasValue(START.plusSeconds(600));
  }

  @Test
  void aFileThatSaysNothingIsNoSignOfLife() throws Exception {
    Files.writeString(state.alive(), "");
    assertThat(signOfLife.last()).isEmpty();
    Files.writeString(state.alive(), "yesterday");
    assertThat(signOfLife.last()).isEmpty();
    begin(START).keep();
    assertThat(signOfLife.last()).hasValue(START);
  }

  @Test
  @Tag("root")
  void theServerStartsWithoutASignOfLifeAndTriesAgain() throws Exception {
    Map<String, String> settings = Map.of("server.port", "0", "management.server.port", "0");
    settings.forEach(System::setProperty);
    Path inTheWay = Files.createDirectories(state.alive().resolve("in-the-way"));
    try (Daemon server =
        Daemon.serve(Ownership.acquire(state).orElseThrow(), Configuration.none())) {
      PeriodicTasks tasks = new PeriodicTasks(server.application(), Duration.ofMillis(100));
      try {
        PassLog passes = server.application().getBean(PassLog.class);
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () -> {
                  PassLog.Pass pass = passes.of(PassLog.SIGN_OF_LIFE).orElseThrow();
                  return pass.sinceEnded().compareTo(pass.sinceSucceeded()) < 0;
                });
        assertThat(signOfLife.last()).isEmpty();
        Files.delete(inTheWay);
        Files.delete(state.alive());
        await().atMost(Duration.ofMinutes(1)).until(() -> signOfLife.last().isPresent());
      } finally {
        tasks.close();
      }
    } finally {
      settings.keySet().forEach(System::clearProperty);
      System.clearProperty("catalina.home");
    }
  }

  @Test
  void aSignOfLifeThatCannotBeWrittenNamesTheRemedy() throws Exception {
    ServerLife life = begin(START);
    Files.delete(state.alive());
    Files.createDirectories(state.alive().resolve("in-the-way"));
    assertThatThrownBy(life::keep)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("free space there and mend its permissions")
        .hasMessageContaining(state.alive().toString());
    life.close();
  }

  @Test
  void aDatabaseThatIsGoneDoesNotKeepTheServerFromStopping() {
    ServerLife life = begin(START);
    database.dispose();
    life.close();
    assertThat(signOfLife.last()).hasValue(START);
  }
}
