package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent;
import io.pgproof.evidence.ServerHistory;
import io.pgproof.state.SignOfLife;
import io.pgproof.state.StateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
    return new ServerLife(signOfLife, new EvidenceLog(database, clock), clock);
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
  void aDatabaseThatIsGoneDoesNotKeepTheServerFromStopping() {
    ServerLife life = begin(START);
    database.dispose();
    life.close();
    assertThat(signOfLife.last()).hasValue(START);
  }
}
