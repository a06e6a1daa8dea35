package io.pgproof.evidence.runs;

import static io.pgproof.evidence.runs.RecordedRuns.MARCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.EngineDatabase;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.RunHistory;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Evidence that was recorded before there were rows. */
@ExtendWith(OutputCaptureExtension.class)
class RunTableFillTest extends OnBothDatabases {
  private static final LocalDate TODAY = LocalDate.parse("2026-03-01");

  @ParameterizedTest
  @MethodSource("databases")
  void theRowsAreTheSameAsIfTheyHadBeenKept(DataSource database) {
    RecordedRuns runs = RecordedRuns.withRows(database);
    for (int i = 0; i < 610; i++) {
      Verdict verdict = List.of(Verdict.values()).get(i % 4);
      RunId run = runs.at(MARCH.minusSeconds(i * 9_000L)).ended("target-" + i % 3, verdict);
      if (verdict == Verdict.STALE) {
        runs.record(
            run, "olga", new Evidence.Decided("review", "Review", "accept", "it is Sunday"));
        runs.record(run, "olga", new Evidence.WaiverGranted("backup", MARCH, "it is Sunday"));
      }
    }
    runs.askByPath("otto");
    List<List<Map<String, Object>>> kept = rows(database);
    assertThat(kept).allSatisfy(table -> assertThat(table).isNotEmpty());
    new JdbcTemplate(database).update("update pgproof_run set message = 'changed by hand'");

    assertThat(new RunTableFill(database).fill()).isEqualTo(611);

    assertThat(rows(database)).isEqualTo(kept);
    assertThat(new RunTableFill(database).fill()).isZero();
  }

  private static List<List<Map<String, Object>>> rows(DataSource database) {
    JdbcTemplate jdbc = new JdbcTemplate(database);
    return List.of(
        jdbc.queryForList("select * from pgproof_run order by run"),
        jdbc.queryForList("select * from pgproof_run_person order by person, run"),
        jdbc.queryForList("select * from pgproof_run_target order by target"));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aFillThatWasInterruptedContinues(DataSource database) {
    RecordedRuns runs = RecordedRuns.withoutRows(database);
    List<RunId> all = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      all.add(runs.at(MARCH.plusSeconds(i)).ended("shop", Verdict.PROVEN));
    }
    JdbcTemplate jdbc = new JdbcTemplate(database);
    new RunTableFill(database).fill();
    jdbc.update("delete from pgproof_run where run >= ?", all.get(570).value());
    jdbc.update("delete from pgproof_run_person where run >= ?", all.get(570).value());
    jdbc.update("delete from pgproof_run_target");
    jdbc.update(
        "update pgproof_run_filled set complete = false, asked_entry ="
            + " (select min(id) from pgproof_evidence where run = ?)",
        all.get(569).value());

    assertThat(new RunTableFill(database).fill()).isEqualTo(30);
    RunIndex index = new RunIndex(database);
    assertThat(index.list(RunFilter.ALL, Optional.empty(), RunIndex.MOST).runs()).hasSize(600);
    assertThat(index.overview("shop", TODAY).orElseThrow().last().run()).isEqualTo(all.get(599));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void rowsOfAnotherDerivationAreReplaced(DataSource database) {
    RunId run = RecordedRuns.withoutRows(database).ended("shop", Verdict.PROVEN);
    JdbcTemplate jdbc = new JdbcTemplate(database);
    new RunTableFill(database).fill();
    jdbc.update("update pgproof_run set message = 'derived in another way'");
    jdbc.update("update pgproof_run_filled set derivation = derivation - 1");

    assertThat(new RunTableFill(database).fill()).isEqualTo(1);
    assertThat(new RunIndex(database).find(run).orElseThrow().outcome().orElseThrow().message())
        .isEqualTo("said of proven");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aRunThatCannotBeReadKeepsNoOtherOut(DataSource database, CapturedOutput output) {
    RecordedRuns runs = RecordedRuns.withoutRows(database);
    RunId proven = runs.ended("shop", Verdict.PROVEN);
    RunId unread = runs.ask("shop", "ada");
    new EvidenceLog(database, Clock.systemUTC()).record(unread, "Decided", 99, "ada", Map.of());

    assertThat(new RunTableFill(database).fill()).isEqualTo(2);
    assertThat(new RunIndex(database).find(proven)).isPresent();
    assertThat(new RunIndex(database).find(unread)).isEmpty();
    assertThat(output).contains("run " + unread + " is missing in the list of runs", "HINT: ");
  }

  @Test
  void theDatabaseOfAnEarlierVersionIsFilledInH2(@TempDir Path directory) throws Exception {
    unpack(directory);
    JdbcConnectionPool database =
        JdbcConnectionPool.create(
            "jdbc:h2:" + directory.resolve("state-h2/engine/pgproof"), "pgproof", "");
    try {
      assertIsFilled(database, "h2");
    } finally {
      database.dispose();
    }
  }

  @Test
  void theDatabaseOfAnEarlierVersionIsFilledInPostgres(@TempDir Path directory) throws Exception {
    unpack(directory);
    try (EngineDatabase server = EngineDatabase.start()) {
      server.load(directory.resolve("engine.sql"));
      assertIsFilled(
          new DriverManagerDataSource(server.url(), server.user(), server.password()),
          "postgresql");
    }
  }

  /** One run of it is proven, one stale, one refuted, and one was cut off before its verdict. */
  private static void assertIsFilled(DataSource database, String vendor) {
    Flyway.configure()
        .dataSource(database)
        .table("pgproof_schema_history")
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .locations("classpath:db/migration/" + vendor)
        .load()
        .migrate();
    assertThat(new RunTableFill(database).fill()).isEqualTo(4);

    RunIndex index = new RunIndex(database);
    List<RunSummary> runs = index.list(RunFilter.ALL, Optional.empty(), 10).runs();
    assertThat(runs)
        .extracting(
            run ->
                run.request().target().orElseThrow()
                    + " "
                    + run.outcome().map(ended -> ended.verdict().word()).orElse("under way"))
        .containsExactly("slow under way", "cut refuted", "stale stale", "sound proven");
    List<RunHistory.Line> lines =
        new RunHistory(new EvidenceLog(database, Clock.systemUTC())).latest(10);
    assertThat(lines)
        .isEqualTo(
            runs.stream()
                .map(
                    run ->
                        new RunHistory.Line(
                            run.run().value(),
                            run.request().at(),
                            run.request().by(),
                            run.request().path(),
                            run.request().target().orElse(null),
                            run.outcome().map(RunSummary.Outcome::verdict).orElse(null),
                            run.outcome().map(RunSummary.Outcome::reason).orElse(null),
                            run.outcome().map(ended -> ended.total().toMillis()).orElse(null)))
                .toList());
    assertThat(index.overview(LocalDate.parse("2026-12-31")))
        .extracting(TargetOverview::target)
        .containsExactly("cut", "sound", "stale");
    assertThat(index.overview("sound", LocalDate.parse("2026-12-31")).orElseThrow())
        .satisfies(sound -> assertThat(sound.provenAt()).isPresent())
        .satisfies(sound -> assertThat(sound.series()).hasSize(1));
  }

  private static void unpack(Path directory) throws IOException, InterruptedException {
    // The server that loads the dump runs as another user.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var archive = RunTableFillTest.class.getResourceAsStream("/upgrade/0.1.0.tar.zst")) {
      Process tar =
          new ProcessBuilder("tar", "--zstd", "-x", "-C", directory.toString())
              .inheritIO()
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .start();
      try (var in = tar.getOutputStream()) {
        archive.transferTo(in);
      }
      assertThat(tar.waitFor()).isZero();
    }
  }
}
