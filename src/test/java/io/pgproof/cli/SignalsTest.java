package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproof.Gate;
import io.pgproof.Remains;
import io.pgproof.command.Trees;
import io.pgproof.state.StateDirectory.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole program, interrupted in every part of its work. */
@Tag("container")
class SignalsTest extends ProgramFixture {
  @Test
  void aSignalAtTheStartOfARunEndsItAsInterrupted() throws Exception {
    try (Program program = verify("--json", "--assert", "select pg_sleep(30) is not null")) {
      await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> program.err().contains("run ") || !program.running());
      program.interrupt();
      assertInterrupted(program);
    }
    Remains.assertNone(state);
  }

  @ParameterizedTest(name = "while {0}")
  @EnumSource(Moment.class)
  void aSignalTearsARunDownAsInterrupted(Moment moment) throws Exception {
    try (Program program = verify("--json", "--assert", slowWhile(moment))) {
      awaitMoment(program, moment);
      program.interrupt();
      assertInterrupted(program);
    }
    Remains.assertNone(state);
  }

  @Test
  void aSignalEndsTheBuildOfAnImageAndTheRun() throws Exception {
    Trees.remove(state.images());
    try (Program program = verify("--json")) {
      await()
          .until(
              () ->
                  !program.running()
                      || (Files.isDirectory(state.images())
                          && images().stream().anyMatch(name -> name.startsWith(".building-"))));
      program.interrupt();
      assertInterrupted(program);
    }
    assertThat(images()).isEmpty();
    Remains.assertNone(state);
  }

  @Test
  void aSignalInTheTeardownKeepsTheVerdictOfTheChecks() throws Exception {
    try (Program program =
        Program.start(
            state.path(),
            Map.of("PGPROOF_RETRY_CYCLE", "PT2S,PT2S,PT2S"),
            List.of(),
            "verify",
            backup.toString(),
            "--json",
            "--assert",
            Gate.ASSERTION)) {
      RunDirectory run = directory(awaitMoment(program, Moment.CHECKING));
      await().until(() -> Gate.holds(run) || !program.running());
      Path held = run.settings().resolve("postgresql.conf");
      chattr("+i", held);
      try {
        Gate.open(run);
        await().until(() -> program.err().contains(held.toString()) || !program.running());
        program.interrupt();
      } finally {
        chattr("-i", held);
      }
      assertThat(program.await()).as(program.err()).isEqualTo(130);
      assertThat(JSON.readTree(program.out()).get("verdict").asText()).isEqualTo("proven");
    }
    Remains.assertNone(state);
  }

  @Test
  void aSignalEndsOnlyTheRunOfItsCommand() throws Exception {
    String first;
    try (Program program = verify("--assert", "select pg_sleep(30) is not null")) {
      first = awaitMoment(program, Moment.CHECKING);
      program.kill();
    }
    // Two of one path would take turns.
    Path other = Files.createSymbolicLink(state.path().resolve("other"), backup);
    try (Program program =
        Program.start(
            state.path(),
            "verify",
            other.toString(),
            "--json",
            "--assert",
            "select pg_sleep(30) is not null")) {
      await().until(() -> at(Moment.CHECKING).size() == 2 || !program.running());
      program.interrupt();
      assertThat(program.await()).as(program.err()).isEqualTo(130);
      assertThat(JSON.readTree(program.out()).get("reason").asText()).isEqualTo("interrupted");
    }
    Remains.assertNone(state);
    try (Program runs = Program.start(state.path(), "runs", "--json")) {
      assertThat(runs.await()).isZero();
      JsonNode lines = JSON.readTree(runs.out());
      assertThat(lines.findValuesAsText("run")).hasSize(2).last().isEqualTo(first);
      assertThat(lines.get(0).get("reason").asText()).isEqualTo("interrupted");
      assertThat(lines.get(1).get("verdict").isNull())
          .as("nobody took the first one back")
          .isTrue();
    }
  }

  private static void assertInterrupted(Program program) throws Exception {
    int status = program.await();
    assertThat(status).as(program.err() + program.out()).isEqualTo(130);
    JsonNode report = JSON.readTree(program.out());
    assertThat(report.get("run").asText()).isNotBlank();
    assertThat(report.get("verdict").asText()).isEqualTo("inconclusive");
    assertThat(report.get("reason").asText()).isEqualTo("interrupted");
    assertThat(report.get("message").asText()).contains("olga");
  }
}
