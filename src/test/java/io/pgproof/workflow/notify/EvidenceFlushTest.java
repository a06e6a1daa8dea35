package io.pgproof.workflow.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.PowerCut;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.RunId;
import io.pgproof.target.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The embedded database with the options that the program gives it, on a disk whose power is cut.
 */
@Tag("container")
class EvidenceFlushTest {
  private static final RunId RUN = new RunId("20260301-030000-aaaa");
  private static final Evidence ASKED =
      new Evidence.Asked(
          Settings.NONE.request(Optional.empty(), Path.of("/backups/monday"), "ada"), null);

  private PowerCut power;
  private SingleConnectionDataSource database;
  private EvidenceLog evidenceLog;

  @AfterEach
  void remove() throws Exception {
    if (power != null) {
      database.destroy();
      power.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void committedEvidenceOutlivesAPowerCut(String fileSystem) throws Exception {
    on(fileSystem);
    new TransactionTemplate(new DataSourceTransactionManager(database))
        .executeWithoutResult(transaction -> ASKED.record(evidenceLog, RUN));
    power.cut();

    assertThat(afterwards().of(RUN)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs"})
  void evidenceWithoutATransactionOutlivesAPowerCut(String fileSystem) throws Exception {
    on(fileSystem);
    ASKED.record(evidenceLog, RUN);
    power.cut();

    assertThat(afterwards().of(RUN)).hasSize(1);
  }

  static Stream<Named<Consumer<RunHistory>>> tellings() {
    return Stream.of(
        Named.of("the list of runs", reports -> reports.latest(1)),
        Named.of("a run in full", reports -> reports.happenings(RUN)));
  }

  @ParameterizedTest
  @MethodSource("tellings")
  void nothingIsToldBeforeItsEvidenceIsFlushed(Consumer<RunHistory> telling) throws Exception {
    on("ext4");
    new JdbcTemplate(database)
        .update(
            "insert into pgproof_evidence (run, at, kind, actor, body) values (?, current_timestamp, 'Asked', 'ada', ?)",
            RUN.value(),
            EvidenceJson.write(ASKED));
    telling.accept(new RunHistory(evidenceLog));
    power.cut();

    assertThat(afterwards().of(RUN)).hasSize(1);
  }

  private void on(String fileSystem) throws Exception {
    power = new PowerCut(fileSystem);
    evidenceLog = open();
    Flyway.configure().dataSource(database).locations("classpath:db/migration/h2").load().migrate();
    evidenceLog.awaitDurable();
  }

  private EvidenceLog afterwards() throws Exception {
    database.destroy();
    power.back();
    return open();
  }

  private EvidenceLog open() throws Exception {
    Object url =
        new YamlPropertySourceLoader()
            .load("application", new ClassPathResource("application.yaml"))
            .get(0)
            .getProperty("spring.datasource.url");
    database =
        new SingleConnectionDataSource(
            url.toString().replace("${pgproof.state}", power.directory().toString()),
            "pgproof",
            "",
            true);
    return new EvidenceLog(database, Clock.systemUTC());
  }
}
