package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.ServerEvent.LogInRefused;
import io.pgproof.evidence.ServerEvent.LoggedIn;
import io.pgproof.evidence.ServerEvent.RequestRefused;
import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@ExtendWith(OutputCaptureExtension.class)
class BoundedRecorderTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-12-01T12:00:00Z"), ZoneOffset.UTC);
  private static final RunId RUN = new RunId("20260301-030000-aaaa");

  private final DriverManagerDataSource database =
      new DriverManagerDataSource(
          "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "pgproof", "");
  private final EvidenceLog evidenceLog = new EvidenceLog(database, NOON);
  private final ServerHistory history = new ServerHistory(evidenceLog);

  BoundedRecorderTest() {
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
  }

  private static LogInRefused refused(String address) {
    return new LogInRefused(null, address, "unknown user");
  }

  private static LoggedIn loggedIn() {
    return new LoggedIn("Olga", List.of("backup-operators"), "192.0.2.1", LoggedIn.PASSWORD, null);
  }

  @Test
  void whatAPersonDoesIsRecordedAtOnce() {
    try (BoundedRecorder recorder = new BoundedRecorder(evidenceLog, NOON)) {
      recorder.record("olga", loggedIn());
      assertThat(history.latest(10))
          .containsExactly(
              new ServerHistory.Line(
                  NOON.instant(),
                  "olga",
                  "LoggedIn",
                  "logged in from 192.0.2.1 with password, in backup-operators"));
    }
    assertThat(history.latest(10)).hasSize(1);
  }

  @Test
  void anEntryThatCannotBeWrittenIsAnError() {
    new JdbcTemplate(database).execute("drop table pgproof_evidence cascade");
    try (BoundedRecorder recorder = new BoundedRecorder(evidenceLog, NOON)) {
      assertThatThrownBy(() -> recorder.record("olga", loggedIn()))
          .isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void oneAddressCannotFillTheDisk() {
    try (BoundedRecorder recorder = new BoundedRecorder(evidenceLog, NOON)) {
      for (int i = 0; i < 500; i++) {
        recorder.refusedStranger("192.0.2.1", refused("192.0.2.1"));
      }
      recorder.refusedStranger("192.0.2.2", refused("192.0.2.2"));
    }
    List<ServerHistory.Line> lines = history.latest(1000);
    assertThat(lines).hasSize(BoundedRecorder.OF_A_SOURCE + 2);
    assertThat(lines.get(0).what())
        .isEqualTo("only counted, since 2026-12-01 12:00:00 UTC: 480 LogInRefused");
    assertThat(lines.get(1).what()).contains("192.0.2.2");
    assertThat(lines).extracting(ServerHistory.Line::actor).containsOnly("pgproof");
  }

  @Test
  void manyAddressesCannotFillTheDisk() {
    try (BoundedRecorder recorder = new BoundedRecorder(evidenceLog, NOON)) {
      for (int i = 0; i < 500; i++) {
        recorder.refusedStranger("network " + i, refused("192.0.2.1"));
      }
      // What strangers do must not hide people.
      recorder.record("olga", loggedIn());
    }
    List<ServerHistory.Line> lines = history.latest(1000);
    assertThat(lines).hasSize(BoundedRecorder.OF_STRANGERS + 2);
    assertThat(lines).extracting(ServerHistory.Line::kind).contains("LoggedIn");
    assertThat(lines.get(0).what()).contains("380 LogInRefused");
  }

  @Test
  void aPersonCannotFillTheDisk() {
    try (BoundedRecorder recorder = new BoundedRecorder(evidenceLog, NOON)) {
      for (int i = 0; i < 100; i++) {
        recorder.record("olga", loggedIn());
        recorder.refused("olga", new RequestRefused("GET /x", "no right to it (403)"));
        recorder.refused(
            "olga",
            RUN,
            new Evidence.DecisionRefused("reviewStaleBackup", "Review", "accept", "four eyes"));
      }
      recorder.refused("olaf", new RequestRefused("GET /x", "no right to it (403)"));
    }
    assertThat(history.latest(1000)).hasSize(2 * BoundedRecorder.OF_A_SOURCE + 2);
    assertThat(history.latest(1).get(0).what())
        .contains("80 DecisionRefused, 80 LoggedIn, 80 RequestRefused");
    assertThat(evidenceLog.of(RUN)).hasSize(BoundedRecorder.OF_A_SOURCE);
  }

  @Test
  void aRefusalThatCannotBeWrittenIsLoggedAndCounted(CapturedOutput output) {
    JdbcTemplate administrator = new JdbcTemplate(database);
    administrator.execute("alter table pgproof_evidence rename to away");
    BoundedRecorder recorder = new BoundedRecorder(evidenceLog, NOON);
    recorder.refused("olga", new RequestRefused("GET /x", "no right to it (403)"));
    recorder.close();
    assertThat(output).contains("a refusal could not be recorded");
    administrator.execute("alter table away rename to pgproof_evidence");
    recorder.recordCounted();
    assertThat(history.latest(1).get(0).what()).contains("1 RequestRefused");
    recorder.recordCounted();
    assertThat(history.latest(10)).hasSize(1);
  }

  @Test
  void theConfigurationInForceIsFoundAmongOtherEvents() {
    assertThat(history.lastConfiguration()).isEmpty();
    ServerEvent.ConfigurationChanged changed =
        new ServerEvent.ConfigurationChanged("/etc/pgproof.yaml", "ab", List.of("target a added"));
    changed.record(evidenceLog, EvidenceLog.PGPROOF);
    loggedIn().record(evidenceLog, "olga");
    assertThat(history.lastConfiguration()).hasValue(changed);
  }
}
