package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.Bench;
import io.pgproof.EngineDatabase;
import io.pgproof.Remains;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole program, started, interrupted, killed and started again as operators and machines do it. */
@Tag("container")
class ProgramTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path backup;
  private StateDirectory state;

  @BeforeEach
  void aStateDirectoryWithAnImage() throws Exception {
    backup = Bench.backup(15);
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    Files.createDirectories(state.images());
    // The images are big and never written to, so their files are shared.
    try (Stream<Path> images = Files.list(Bench.state().images())) {
      for (Path image : images.filter(path -> path.getFileName().toString().startsWith("15-")).toList()) {
        assertThat(new ProcessBuilder("cp", "-al", image.toString(), state.images().toString()).start().waitFor()).isZero();
      }
    }
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Remains.assertNone(state);
    Trees.remove(state.path());
  }

  @Test
  void jsonIsAllThatIsOnStandardOutput() throws Exception {
    try (Program program = verify("--json")) {
      assertThat(program.await()).as(program.err()).isZero();
      assertThat(program.out().lines()).hasSize(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(report.get("verdict").asText()).isEqualTo("proven");
      List<String> members = new ArrayList<>();
      report.fieldNames().forEachRemaining(members::add);
      assertThat(members).containsExactly("schema", "run", "target", "verdict", "reason", "message", "hint", "startedAt",
          "finishedAt", "backup", "image", "recovery", "freshness", "checks", "notChecked", "phases", "totalMillis");
      assertThat(report.get("startedAt").asText()).endsWith("Z");
      assertThat(report.get("target").isNull()).isTrue();
    }
    assertThat(permissions(state.path())).isEqualTo("rwx------");
  }

  @Test
  void theVerdictIsTheExitStatus() throws Exception {
    try (Program stale = verify("--max-age", "1s", "--json")) {
      assertThat(stale.await()).isEqualTo(3);
      assertThat(JSON.readTree(stale.out()).get("reason").asText()).isEqualTo("too-old");
    }
    try (Program refuted = verify("--assert", "select false")) {
      assertThat(refuted.await()).isEqualTo(4);
      assertThat(refuted.out()).contains("REFUTED").contains("HINT:");
    }
    try (Program unknown = Program.start(state.path(), "verify", backup.toString(), "--freshness-query", "select 'x'")) {
      assertThat(unknown.await()).isEqualTo(1);
      assertThat(unknown.out()).contains("INCONCLUSIVE");
    }
    try (Program runs = Program.start(state.path(), "runs", "--json")) {
      assertThat(runs.await()).isZero();
      assertThat(JSON.readTree(runs.out()).findValuesAsText("verdict")).containsExactly("inconclusive", "refuted", "stale");
      assertThat(JSON.readTree(runs.out()).findValuesAsText("askedBy")).containsOnly("olga");
    }
  }

  @Test
  void wrongUsageMakesNoRun() throws Exception {
    List<List<String>> wrong = List.of(
        List.of("verify", "--json", "/no/such/path"),
        List.of("verify", "--json", state.images().toString()),
        List.of("verify", "--json", backup.toString(), "--max-age", "soon"),
        List.of("verify", "--json", backup.toString(), "--depth", "full"),
        List.of("verify", "--json", backup.toString(), "--memory", "3M"),
        List.of("verify", "--json", backup.toString(), "--no-such-option"),
        List.of("verify", "--json"));
    for (List<String> arguments : wrong) {
      try (Program program = Program.start(state.path(), arguments.toArray(String[]::new))) {
        assertThat(program.await()).as(arguments + program.err()).isEqualTo(2);
        JsonNode report = JSON.readTree(program.out());
        assertThat(report.get("verdict").isNull()).isTrue();
        assertThat(report.get("reason").asText()).isNotBlank();
        assertThat(report.get("hint").asText()).isNotBlank();
      }
    }
    try (Program runs = Program.start(state.path(), "runs", "--json")) {
      runs.await();
      assertThat(runs.out().strip()).isEqualTo("[]");
    }
  }

  @Test
  void anybodyButRootIsTurnedAway() throws Exception {
    try (Program program = Program.start(state.path(), Map.of(), List.of("unshare", "--user"),
        "verify", "--json", "/etc")) {
      assertThat(program.await()).isEqualTo(2);
      assertThat(JSON.readTree(program.out()).get("reason").asText()).isEqualTo("not-root");
    }
  }

  @Test
  void withoutLiblxcNothingIsSaidAboutTheBackup() throws Exception {
    Path library = Path.of("/usr/lib/x86_64-linux-gnu/liblxc.so.1").toRealPath();
    assertInconclusive("no-lxc", Map.of(), hiding("mount --bind /dev/null " + library));
  }

  @Test
  void withoutControlGroupsNothingIsSaidAboutTheBackup() throws Exception {
    assertInconclusive("no-lxc", Map.of(), hiding("umount --lazy --recursive /sys/fs/cgroup"));
  }

  @Test
  void withTooLittleSpaceNothingIsSaidAboutTheBackup() throws Exception {
    assertInconclusive("disk-full", Map.of("PGPROOF_RESERVE", "100TB"), List.of());
  }

  @Test
  void withoutAnImageAndNoneToBeBuiltNothingIsSaidAboutTheBackup() throws Exception {
    Trees.remove(state.images());
    assertInconclusive("no-image", Map.of("PGPROOF_BUILD_IMAGES", "false"), List.of());
  }

  /** A moment in a verification, told by what is on disk. */
  enum Moment {
    RESTORING("data/base"),
    RECOVERING("log/server.log"),
    CHECKING("socket/.s.PGSQL.5432");

    private final String sign;

    Moment(String sign) {
      this.sign = sign;
    }
  }

  @ParameterizedTest(name = "while {0}")
  @EnumSource(Moment.class)
  void killedAndStartedAgainARunReachesItsVerdict(Moment moment) throws Exception {
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
      assertThat(show.out()).contains("PROVEN").contains("attempt 1 had been cut off").contains("attempt 2 began");
    }
  }

  @ParameterizedTest(name = "while {0}")
  @EnumSource(Moment.class)
  void interruptedARunIsTornDownAndToldAsInterrupted(Moment moment) throws Exception {
    try (Program program = verify("--json", "--assert", slowWhile(moment))) {
      awaitMoment(program, moment);
      program.interrupt();
      assertThat(program.await()).as(program.err()).isEqualTo(130);
      JsonNode report = JSON.readTree(program.out());
      assertThat(report.get("verdict").asText()).isEqualTo("inconclusive");
      assertThat(report.get("reason").asText()).isEqualTo("interrupted");
      assertThat(report.get("message").asText()).contains("olga");
    }
    Remains.assertNone(state);
  }

  @Test
  void verifyAsksTheServerWhereOneRuns() throws Exception {
    try (Program server = Program.start(state.path(), Map.of("SERVER_PORT", "0"), List.of(), "serve")) {
      await().atMost(Duration.ofMinutes(2)).until(() -> server.err().contains("pgproof serves") || !server.running());
      assertThat(server.err()).contains("pgproof serves http://127.0.0.1:");
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

  @Test
  void anEngineOnPostgresProvesAsOneOnH2Does() throws Exception {
    try (EngineDatabase database = EngineDatabase.start()) {
      Map<String, String> settings = Map.of("SPRING_DATASOURCE_URL", database.url(),
          "SPRING_DATASOURCE_USERNAME", database.user(), "SPRING_DATASOURCE_PASSWORD", database.password());
      try (Program program = Program.start(state.path(), settings, List.of(), "verify", backup.toString(), "--json",
          "--assert", "select false")) {
        assertThat(program.await()).as(program.err()).isEqualTo(4);
      }
      try (Program runs = Program.start(state.path(), settings, List.of(), "runs", "--json")) {
        assertThat(runs.await()).as(runs.err()).isZero();
        assertThat(JSON.readTree(runs.out()).findValuesAsText("verdict")).containsExactly("refuted");
      }
      try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
          Statement statement = connection.createStatement()) {
        for (String change : List.of("update pgproof_evidence set actor = 'nobody'", "delete from pgproof_evidence",
            "truncate pgproof_evidence")) {
          assertThatThrownBy(() -> statement.execute(change)).hasMessageContaining("insert-only");
        }
      }
    }
    assertThat(state.path().resolve("engine")).isEmptyDirectory();
  }

  @Test
  void doctorFindsNothingMissingHere() throws Exception {
    try (Program program = Program.start(state.path(), "doctor")) {
      assertThat(program.await()).as(program.out()).isZero();
    }
  }

  private Program verify(String... more) {
    List<String> arguments = new ArrayList<>(List.of("verify", backup.toString(), "--freshness-query", SourceDatabase.FRESHNESS_QUERY));
    arguments.addAll(Arrays.asList(more));
    return Program.start(state.path(), arguments.toArray(String[]::new));
  }

  /** Lets the checks last long enough to be caught in; the resumed run asks it again. */
  private static String slowWhile(Moment moment) {
    return moment == Moment.CHECKING ? "select pg_sleep(8) is not null" : "select true";
  }

  private String awaitMoment(Program program, Moment moment) {
    List<Path> seen = new ArrayList<>();
    await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(2)).until(() -> {
      try (Stream<Path> runs = Files.list(state.runs())) {
        runs.filter(run -> Files.exists(run.resolve(moment.sign))).forEach(seen::add);
      } catch (IOException | UncheckedIOException e) {
        // Not made yet.
      }
      return !seen.isEmpty() || !program.running();
    });
    assertThat(seen).as(program.err()).isNotEmpty();
    return seen.get(0).getFileName().toString();
  }

  private void assertInconclusive(String reason, Map<String, String> environment, List<String> wrapper) throws Exception {
    try (Program program = Program.start(state.path(), environment, wrapper, "verify", backup.toString(), "--json")) {
      assertThat(program.await()).as(program.err()).isEqualTo(1);
      JsonNode report = JSON.readTree(program.out());
      assertThat(List.of(report.get("verdict").asText(), report.get("reason").asText()))
          .as(program.out()).containsExactly("inconclusive", reason);
      assertThat(report.get("hint").asText()).isNotBlank();
    }
  }

  /** Runs the program where a part of the host is hidden from it, and from nobody else. */
  private static List<String> hiding(String mount) {
    return List.of("unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", mount + " && exec \"$@\"", "sh");
  }

  private static String permissions(Path path) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
