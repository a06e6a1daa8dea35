package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproof.Remains;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The whole program killed at random moments and started again; {@code src/test/bench/kill} does it
 * hundreds of times.
 */
@Tag("container")
class KillTest extends ProgramFixture {
  private static final int MOMENTS = 20;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void everyRunReachesItsVerdictAfterKillsAtRandomMoments() throws Exception {
    long whole = prove();
    for (int killed = 0; killed < MOMENTS; ) {
      // Up to three kills in a row, so that a run's attempts may be used up.
      for (int inARow = 1 + random.nextInt(3); inARow > 0 && killed < MOMENTS; inARow--, killed++) {
        try (Program program = verify("--json")) {
          // Half of them while it proves, for its start takes longer than that.
          boolean proving = random.nextBoolean();
          if (proving) {
            await()
                .pollInterval(Duration.ofMillis(10))
                .until(() -> program.err().contains("run ") || !program.running());
          }
          Thread.sleep(random.nextLong(proving ? whole / 2 : whole));
          program.kill();
        }
      }
      prove();
    }
    assertEveryRunEnded();
  }

  /**
   * Starts what must prove the backup, and carries what was cut off to its end; returns how many
   * milliseconds that took.
   */
  private long prove() throws Exception {
    long began = System.nanoTime();
    try (Program program = verify("--json")) {
      assertThat(program.await()).as("seed %d: %s", seed, program.err()).isZero();
      assertThat(JSON.readTree(program.out()).get("verdict").asText()).isEqualTo("proven");
    }
    Remains.assertNone(state);
    assertThat(state.controlSocket()).doesNotExist();
    return Duration.ofNanos(System.nanoTime() - began).toMillis();
  }

  private void assertEveryRunEnded() throws Exception {
    JsonNode runs = JSON.readTree(answer(0, List.of(), "runs", "--json", "--limit", "1000"));
    try (Connection engine =
            DriverManager.getConnection("jdbc:h2:file:" + state.engineDatabase(), "pgproof", "");
        Statement statement = engine.createStatement()) {
      for (JsonNode run : runs) {
        String attempts =
            "select count(*) from pgproof_evidence where kind = 'AttemptBegun' and run = "
                + run.get("run");
        boolean given =
            run.get("reason").asText().equals("interrupted")
                && number(statement, attempts.replace('"', '\'')) == 3;
        assertThat(run.get("verdict").asText().equals("proven") || given)
            .as("seed %d: %s", seed, run)
            .isTrue();
      }
      String unattended = " not in (select PROC_INST_ID_ from ACT_RU_TASK)";
      assertThat(
              number(
                  statement,
                  "select count(*) from ACT_RU_JOB where PROCESS_DEF_KEY_ = 'verifyBackup'"
                      + " and PROCESS_INSTANCE_ID_"
                      + unattended))
          .isZero();
      assertThat(
              number(
                  statement,
                  "select count(*) from ACT_RU_EXECUTION where PROC_INST_ID_" + unattended))
          .isZero();
      assertThat(number(statement, "select count(*) from ACT_RU_INCIDENT")).isZero();
    }
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
