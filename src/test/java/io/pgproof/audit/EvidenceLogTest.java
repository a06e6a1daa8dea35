package io.pgproof.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.proof.RunId;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(OutputCaptureExtension.class)
class EvidenceLogTest {
  private static final RunId RUN = new RunId("20260301-030000-aaaa");

  /**
   * H2 flushes for administrators only, so the refusal of another user stands for that of a disk.
   */
  @Test
  void aFailedFlushIsLoggedAndDoesNotFailTheStep(CapturedOutput output) {
    String url = "jdbc:h2:mem:" + UUID.randomUUID();
    DriverManagerDataSource whole =
        new DriverManagerDataSource(url + ";DB_CLOSE_DELAY=-1", "pgproof", "");
    Flyway.configure().dataSource(whole).locations("classpath:db/migration/h2").load().migrate();
    JdbcTemplate administrator = new JdbcTemplate(whole);
    administrator.execute("create user nobody password 'secret'");
    administrator.execute("grant select, insert on pgproof_evidence to nobody");
    DriverManagerDataSource database = new DriverManagerDataSource(url, "nobody", "secret");
    EvidenceLog evidenceLog = new EvidenceLog(database, Clock.systemUTC());

    new TransactionTemplate(new DataSourceTransactionManager(database))
        .executeWithoutResult(transaction -> evidenceLog.record(RUN, "Asked", 1, "ada", Map.of()));

    assertThat(evidenceLog.of(RUN)).hasSize(1);
    assertThat(output).contains("the latest evidence may not be on disk yet");
  }

  @Test
  void theLogFindsTheLastEntryOfEachRun() {
    EvidenceLog evidenceLog = trail();
    RunId other = new RunId("20260301-030000-bbbb");
    evidenceLog.record(RUN, "Asked", 1, "ada", Map.of("n", 1));
    evidenceLog.record(RUN, "Asked", 1, "ada", Map.of("n", 2));
    evidenceLog.record(other, "Found", 1, "ada", Map.of());
    List<RunId> many = new ArrayList<>(List.of(RUN, other));
    for (int more = 1000; more < 4500; more++) {
      many.add(new RunId("20260301-030000-" + more));
    }
    RunId farBehind = many.get(many.size() - 1);
    evidenceLog.record(farBehind, "Asked", 1, "ada", Map.of("n", 3));

    assertThat(evidenceLog.last(many, "Asked"))
        .containsOnlyKeys(RUN, farBehind)
        .containsValue(evidenceLog.last(RUN, "Asked").orElseThrow());
    assertThat(evidenceLog.last(List.of(), "Asked")).isEmpty();
  }

  @Test
  void aWaitForACommitEndsAtTheCommitOrAtItsLimit() throws Exception {
    EvidenceLog evidenceLog = trail();
    long before = evidenceLog.commits();
    evidenceLog.awaitCommit(before, Duration.ofMillis(20));
    assertThat(evidenceLog.commits()).isEqualTo(before);

    Thread recording = new Thread(() -> evidenceLog.record(RUN, "Asked", 1, "ada", Map.of()));
    recording.start();
    evidenceLog.awaitCommit(before, Duration.ofHours(1));
    assertThat(evidenceLog.commits()).isGreaterThan(before);
    assertThat(evidenceLog.of(RUN)).hasSize(1);
    recording.join();
    evidenceLog.awaitCommit(before, Duration.ofHours(1));
  }

  private static EvidenceLog trail() {
    DriverManagerDataSource database =
        new DriverManagerDataSource(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "pgproof", "");
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    return new EvidenceLog(database, Clock.systemUTC());
  }
}
