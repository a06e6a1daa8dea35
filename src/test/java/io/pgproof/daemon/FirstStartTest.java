package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.command.Trees;
import io.pgproof.evidence.Evidence;
import io.pgproof.proof.RunId;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.camunda.bpm.engine.RepositoryService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

/**
 * What a first start leaves that is cut off while it makes the tables, and what the next one makes
 * of that.
 */
@Tag("root")
class FirstStartTest {
  private StateDirectory state;

  @BeforeEach
  void make() throws Exception {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    Files.createDirectories(state.engineDatabase().getParent());
  }

  @AfterEach
  void remove() throws Exception {
    Trees.remove(state.path());
  }

  @Test
  void theNextStartCreatesAllTables() throws Exception {
    try (Daemon daemon = start()) {
      assertThat(
              daemon
                  .application()
                  .getBean(RepositoryService.class)
                  .createProcessDefinitionQuery()
                  .count())
          .isPositive();
    }
    Set<String> all = tables();
    Files.delete(state.engineComplete());
    Files.delete(file());

    plant(engineTables().limit(12).toList());
    assertThat(tables()).as("some tables, as a kill leaves them").isNotEmpty().isNotEqualTo(all);
    try (Daemon daemon = start()) {
      assertThat(
              daemon
                  .application()
                  .getBean(RepositoryService.class)
                  .createProcessDefinitionQuery()
                  .count())
          .isPositive();
    }
    assertThat(tables()).isEqualTo(all);
  }

  @Test
  void evidenceIsNeverRemoved() throws Exception {
    RunId run = RunId.at(Instant.now());
    try (Daemon daemon = start()) {
      new Evidence.Asked(
              Settings.NONE.request(Optional.empty(), Path.of("/backups/monday"), "ada"), null)
          .record(daemon.application().getBean(EvidenceLog.class), run, "ada");
    }
    Files.delete(state.engineComplete());
    try (Daemon daemon = start()) {
      assertThat(daemon.application().getBean(EvidenceLog.class).of(run)).hasSize(1);
    }
    assertThat(state.engineComplete()).exists();
  }

  @Test
  void onlyAnEmptyDatabaseOfPgproofIsRemoved() throws Exception {
    plant(
        List.of(
            "create table ACT_ID_USER (ID_ varchar)", "insert into ACT_ID_USER values ('ada')"));
    FirstStart.removeHalfMade(state, settings(url()));
    assertThat(file()).as("a user was made").exists();

    plant(List.of("delete from ACT_ID_USER"));
    FirstStart.removeHalfMade(state, settings("jdbc:postgresql://localhost/pgproof"));
    assertThat(file()).as("another database is set").exists();
    FirstStart.removeHalfMade(state, settings("jdbc:h2:" + state.path().resolve("elsewhere")));
    assertThat(file()).as("another embedded one is set").exists();
    Files.createFile(state.engineComplete());
    FirstStart.removeHalfMade(state, settings(url()));
    assertThat(file()).as("it was complete").exists();

    Files.delete(state.engineComplete());
    FirstStart.removeHalfMade(state, settings(url()));
    assertThat(file()).doesNotExist();

    Files.writeString(file(), "no database");
    FirstStart.removeHalfMade(state, settings(url()));
    assertThat(file()).as("it cannot be read").exists();
  }

  private Daemon start() throws Exception {
    return Daemon.start(Ownership.acquire(state).orElseThrow(), false);
  }

  private Path file() {
    return Path.of(state.engineDatabase() + ".mv.db");
  }

  private String url() {
    return "jdbc:h2:" + state.engineDatabase();
  }

  private static MockEnvironment settings(String url) {
    return new MockEnvironment()
        .withProperty("spring.datasource.url", url)
        .withProperty("spring.datasource.username", "pgproof")
        .withProperty("spring.datasource.password", "");
  }

  private void plant(List<String> statements) throws Exception {
    try (Connection database = DriverManager.getConnection(url(), "pgproof", "");
        Statement statement = database.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Set<String> tables() throws Exception {
    Set<String> names = new TreeSet<>();
    try (Connection database = DriverManager.getConnection(url(), "pgproof", "");
        ResultSet tables = database.getMetaData().getTables(null, "PUBLIC", null, null)) {
      while (tables.next()) {
        names.add(tables.getString("TABLE_NAME"));
      }
    }
    return names;
  }

  /** The engine's own statements, in their order. */
  private static Stream<String> engineTables() throws Exception {
    String script =
        new String(
            FirstStartTest.class
                .getResourceAsStream(
                    "/org/camunda/bpm/engine/db/create/activiti.h2.create.engine.sql")
                .readAllBytes(),
            StandardCharsets.UTF_8);
    String statements =
        String.join("\n", script.lines().filter(line -> !line.strip().startsWith("--")).toList());
    return Arrays.stream(statements.split(";\\s*\n")).filter(statement -> !statement.isBlank());
  }
}
