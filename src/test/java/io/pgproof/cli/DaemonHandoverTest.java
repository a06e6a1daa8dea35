package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgproof.EngineDatabase;
import io.pgproof.Gate;
import io.pgproof.Remains;
import io.pgproof.state.Ownership;
import io.pgproof.state.StateDirectory.RunDirectory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run and its owners: one ends or is killed, another goes on; many ask, and one is it. */
@Tag("container")
class DaemonHandoverTest extends ProgramFixture {
  @Test
  void verifySendsItsRequestToARunningServer() throws Exception {
    try (Program server = serve()) {
      try (Program program = verify("--json")) {
        assertThat(program.await()).as(program.err()).isZero();
        assertThat(JSON.readTree(program.out()).get("verdict").asText()).isEqualTo("proven");
      }
      assertThat(server.running()).isTrue();
      server.terminate();
      assertThat(server.await()).isEqualTo(143);
    }
    assertThat(permissions(state.path().resolve("admin-password"))).isEqualTo("rw-------");
  }

  @ParameterizedTest(name = "while {0}")
  @EnumSource(Moment.class)
  void aRunReachesItsVerdictAfterAKillAndARestart(Moment moment) throws Exception {
    String run;
    try (Program program = verify("--assert", slowWhile(moment))) {
      run = awaitMoment(program, moment);
      program.kill();
    }
    assertThat(state.runs().resolve(run)).as("the kill came in the middle").exists();

    try (Program next = verify()) {
      assertThat(next.await()).as(next.err()).isZero();
    }

    Remains.assertNone(state);
    try (Program show = Program.start(state.path(), "show", run)) {
      assertThat(show.await()).isZero();
      assertThat(show.out())
          .contains("PROVEN")
          .contains("attempt 1 was cut off")
          .contains("attempt 2 started");
    }
  }

  @ParameterizedTest(name = "when it is killed: {0}")
  @ValueSource(booleans = {false, true})
  void aDaemonThatEndsUnderAWaitingVerifyCostsNoVerdict(boolean killed) throws Exception {
    try (Program server = serve()) {
      try (Program program = verify("--json", "--assert", "select pg_sleep(5) is not null")) {
        String run = awaitMoment(program, Moment.CHECKING);
        if (killed) {
          server.kill();
        } else {
          server.terminate();
          assertThat(server.await()).isEqualTo(143);
        }
        assertThat(program.await()).as(program.err()).isZero();
        JsonNode report = JSON.readTree(program.out());
        assertThat(report.get("run").asText()).isEqualTo(run);
        assertThat(report.get("verdict").asText()).isEqualTo("proven");
        assertThat(program.err()).contains("trying the next one");
      }
    }
  }

  @Test
  void aDaemonThatEndsBeforeTheRunBeganIsReplaced() throws Exception {
    try (ServerSocketChannel ending = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ending.bind(UnixDomainSocketAddress.of(state.controlSocket()));
      try (Program program = verify("--json")) {
        SocketChannel asked = ending.accept();
        Files.delete(state.controlSocket());
        asked.close();
        assertProven(program);
      }
    }
  }

  @Test
  void aWithdrawnRunIsNotStartedAgain() throws Exception {
    String run;
    try (Program program = verify("--assert", slowWhile(Moment.CHECKING))) {
      run = awaitMoment(program, Moment.CHECKING);
      program.kill();
    }
    // As if the kill had come right after a signal.
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:file:" + state.engineDatabase(), "pgproof", "");
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into pgproof_evidence (run, at, kind, actor, body) "
                    + "values (?, now(), 'Withdrawn', 'olga', '{\"by\":\"olga\"}')")) {
      insert.setString(1, run);
      insert.executeUpdate();
    }

    try (Program next = verify("--json")) {
      assertProven(next);
    }

    try (Program show = Program.start(state.path(), "show", run)) {
      assertThat(show.await()).isZero();
      assertThat(show.out())
          .contains("INCONCLUSIVE")
          .contains("(interrupted)")
          .contains("olga")
          .doesNotContain("attempt 2");
    }
  }

  @Test
  void aSecondVerifyUsesTheFirstOneAsItsDaemon() throws Exception {
    try (Program first = verify("--json", "--assert", Gate.ASSERTION)) {
      RunDirectory run = directory(awaitMoment(first, Moment.CHECKING));
      try (Program second = verify("--json")) {
        await().until(() -> second.err().contains("run ") || !second.running());
        assertThat(Ownership.owner(state)).hasValue(first.pid());
        await().until(() -> Gate.holds(run));
        Gate.open(run);
        assertProven(second);
      }
      assertProven(first);
    }
  }

  @Test
  void twoCommandsStartedAtOnceAreProvenByOneDaemon() throws Exception {
    // Two of one path would take turns.
    Path copy = Files.createSymbolicLink(state.path().resolve("other"), backup);
    try (Program one = verify("--json", "--assert", Gate.ASSERTION);
        Program other =
            Program.start(
                state.path(), "verify", copy.toString(), "--json", "--assert", Gate.ASSERTION)) {
      await().until(() -> at(Moment.CHECKING).size() == 2 || !one.running() || !other.running());
      List<RunDirectory> runs = at(Moment.CHECKING).stream().map(this::directory).toList();
      assertThat(runs).hasSize(2);
      assertThat(Ownership.owner(state).orElseThrow()).isIn(one.pid(), other.pid());
      for (RunDirectory run : runs) {
        await().until(() -> Gate.holds(run));
        Gate.open(run);
      }
      assertProven(one);
      assertProven(other);
    }
  }

  @Test
  void anEngineOnPostgresqlProvesABackup() throws Exception {
    try (EngineDatabase database = EngineDatabase.start()) {
      Map<String, String> settings =
          Map.of(
              "SPRING_DATASOURCE_URL",
              database.url(),
              "SPRING_DATASOURCE_USERNAME",
              database.user(),
              "SPRING_DATASOURCE_PASSWORD",
              database.password());
      try (Program program =
          Program.start(
              state.path(),
              settings,
              List.of(),
              "verify",
              backup.toString(),
              "--json",
              "--assert",
              "select false")) {
        assertThat(program.await()).as(program.err()).isEqualTo(4);
      }
      try (Program runs = Program.start(state.path(), settings, List.of(), "runs", "--json")) {
        assertThat(runs.await()).as(runs.err()).isZero();
        assertThat(JSON.readTree(runs.out()).findValuesAsText("verdict"))
            .containsExactly("refuted");
      }
      try (Connection connection =
              DriverManager.getConnection(database.url(), database.user(), database.password());
          Statement statement = connection.createStatement()) {
        for (String change :
            List.of(
                "update pgproof_evidence set actor = 'nobody'",
                "delete from pgproof_evidence",
                "truncate pgproof_evidence")) {
          assertThatThrownBy(() -> statement.execute(change)).hasMessageContaining("insert-only");
        }
      }
    }
    assertThat(state.path().resolve("engine")).isEmptyDirectory();
  }
}
